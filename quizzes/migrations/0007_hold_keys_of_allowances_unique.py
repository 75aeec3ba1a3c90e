import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    # A migration of its own: PostgreSQL alters no table of which rows were changed in the same transaction.
    dependencies = [("quizzes", "0006_give_allowances_a_stable_key")]

    operations = [
        migrations.AlterField(
            "allowance", "key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")
        ),
    ]
