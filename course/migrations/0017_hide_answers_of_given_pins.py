from django.db import migrations
from django.utils import timezone


def keep_that_pins_were_given(apps, schema_editor):
    """Whoever has to choose a PIN and was here before got one from somebody: what they answered until now is hidden.

    By whom and when was written only in the log, in words.
    """
    alias = schema_editor.connection.alias
    people = apps.get_model("course", "User").objects.using(alias).filter(must_choose_pin=True)
    change, now = apps.get_model("course", "AccountChange"), timezone.now()
    change.objects.using(alias).bulk_create(
        [change(person=person, kind="pin_given", at=now) for person in people.exclude(last_login=None)]
    )


def close_sessions(apps, schema_editor):
    """Of a session that is open nobody knows where: everybody signs in once more, and sees it from then on."""
    apps.get_model("sessions", "Session").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("course", "0016_keep_a_trail_for_the_person"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunPython(keep_that_pins_were_given, migrations.RunPython.noop),
        migrations.RunPython(close_sessions, migrations.RunPython.noop),
    ]
