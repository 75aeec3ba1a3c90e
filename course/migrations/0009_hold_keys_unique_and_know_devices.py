import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEYED = ["User", "Clinic", "Area", "Cohort", "Enrolment", "Session", "Call"]


class Migration(migrations.Migration):
    # A migration of its own: PostgreSQL alters no table of which rows were changed in the same transaction.
    dependencies = [("course", "0008_give_everything_a_stable_key")]

    operations = [
        *(
            migrations.AlterField(
                name.lower(), "key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")
            )
            for name in KEYED
        ),
        migrations.CreateModel(
            name="PersonAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True, verbose_name="key")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to=settings.AUTH_USER_MODEL, verbose_name="person")),
            ],
            options={"verbose_name": "alias of a person", "verbose_name_plural": "aliases of people"},
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark_digest", models.CharField(max_length=64, verbose_name="digest of its mark")),
                ("is_shared", models.BooleanField(verbose_name="shared by several people")),
                ("first_used_at", models.DateTimeField(verbose_name="first used at")),
                ("last_used_at", models.DateTimeField(verbose_name="used last at")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="devices", to=settings.AUTH_USER_MODEL, verbose_name="person")),
            ],
            options={
                "verbose_name": "known device",
                "verbose_name_plural": "known devices",
                "constraints": [models.UniqueConstraint(fields=("person", "mark_digest"), name="a_device_is_known_once_to_each_person")],
            },
        ),
    ]
