import uuid

from django.db import migrations, models


def draw_keys(apps, schema_editor):
    """Give every allowance that is there a key of its own."""
    allowances = apps.get_model("quizzes", "Allowance").objects.using(schema_editor.connection.alias)
    for allowance in allowances.filter(key=None).only("pk").iterator():
        allowances.filter(pk=allowance.pk).update(key=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0005_find_attempts_to_mark")]

    operations = [
        migrations.AddField("allowance", "key", models.UUIDField(editable=False, null=True, verbose_name="key")),
        migrations.RunPython(draw_keys, migrations.RunPython.noop),
    ]
