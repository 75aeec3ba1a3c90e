import uuid

from django.db import migrations, models

KEYED = ["User", "Clinic", "Area", "Cohort", "Enrolment", "Session", "Call"]


def draw_keys(apps, schema_editor):
    """Give every row that is there a key of its own; each row is changed once, in slices that a small machine holds."""
    for name in KEYED:
        rows = apps.get_model("course", name).objects.using(schema_editor.connection.alias).filter(key=None)
        while slice_of := list(rows.only("pk").order_by("pk")[:2000]):
            for row in slice_of:
                row.key = uuid.uuid4()
            rows.model.objects.using(rows.db).bulk_update(slice_of, ["key"], batch_size=400)



class Migration(migrations.Migration):
    dependencies = [("course", "0007_keep_asked_work_alike")]

    operations = [
        migrations.AddField("user", "offline_epoch", models.PositiveIntegerField(default=0, editable=False, verbose_name="epoch of the devices")),
        # Without a default first: one default would be the same for every row.
        *(
            migrations.AddField(name.lower(), "key", models.UUIDField(editable=False, null=True, verbose_name="key"))
            for name in KEYED
        ),
        migrations.RunPython(draw_keys, migrations.RunPython.noop),
    ]
