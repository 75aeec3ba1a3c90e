"""Whose role is known and whose post nobody wrote gets the course's word for the role as the registered post.

Certificates print the registered post alone from now on, and printed that word before. What a person chose alone before
cannot be told from what a list brought: it counts as registered, and trainers see it.
"""

from django.conf import settings
from django.db import migrations

WORDS = {
    "es": {
        "clinica": "Personal clínico",
        "labfar": "Laboratorio y farmacia",
        "recepcion": "Recepción, archivo y caja",
        "apoyo": "Personal de apoyo",
        "jefatura": "Dirección y administración",
    },
    "en": {
        "clinica": "Clinical staff",
        "labfar": "Laboratory and pharmacy",
        "recepcion": "Front desk, records and cashier",
        "apoyo": "Support staff",
        "jefatura": "Direction and administration",
    },
}


def forwards(apps, schema_editor):
    people = apps.get_model("course", "User").objects.using(schema_editor.connection.alias)
    for role, words in WORDS["en" if settings.LANGUAGE_CODE.startswith("en") else "es"].items():
        people.filter(role=role, job_title="").update(job_title=words)


class Migration(migrations.Migration):
    dependencies = [("course", "0025_know_epochs_of_merged_accounts")]

    # Going back, the word stays: it says no more than the role.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
