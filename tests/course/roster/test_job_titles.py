"""What a list calls somebody's work is kept as it is written, beside the role that the course makes of it."""

import random

import pytest
from django.urls import reverse

from course.models import User
from course.roster.importing import confirm_list, plan_fingerprint
from course.roster.uploads import plan_of
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_trainer

from .factories import bring

pytestmark = pytest.mark.django_db


def test_job_titles_are_kept_and_change_with_the_list_and_by_hand(client):
    cohort = make_cohort(trainers=[make_trainer()], clinic=make_clinic())
    ana = make_learner(cohort=cohort, role="clinica", job_title="Auxiliar")
    rows = [
        ["Apellidos", "Nombres", "Puesto"],
        ["Coj de la Cruz", "Ana Lucía", "Aux. de Enfermería II (renglón 011)"],
        ["Paz", "Luz", "Guardián nocturno"],
        ["Sis", "Noé", "x" * 200],
        # The words of the course itself are a post too, because the list says so.
        ["Pec", "Rita", "Recepción, archivo, caja"],
    ]
    client.force_login(cohort.trainers.get())
    upload = bring(cohort, rows)
    page = client.get(reverse("desk_roster_plan", args=[cohort.pk, upload.pk])).content.decode()
    assert "cargo anterior: Auxiliar" in page
    confirm_list(
        upload, shown=plan_fingerprint(plan_of(upload)), by=upload.brought_by, now=NOW, chance=random.Random(1)
    )
    kept = {person.first_name: (person.role, person.job_title) for person in User.objects.filter(is_staff=False)}
    assert kept == {
        "Ana Lucía": ("clinica", "Aux. de Enfermería II (renglón 011)"),
        "Luz": ("apoyo", "Guardián nocturno"),
        "Noé": ("", "x" * 120),
        "Rita": ("recepcion", "Recepción, archivo, caja"),
    }
    assert not plan_of(bring(cohort, rows)).writes

    page = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    assert "Aux. de Enfermería II" in client.get(page).content.decode()
    fields = {"first_name": "Ana Lucía", "last_name": "Coj de la Cruz", "role": "jefatura", "clinic": ""}
    client.post(page, fields | {"job_title": "Aux. de Enfermería II (renglón 011)"})
    ana.refresh_from_db()
    assert (ana.role, ana.job_title) == ("jefatura", "Aux. de Enfermería II (renglón 011)")
    client.post(page, fields | {"job_title": "Jefa de servicio"})
    ana.refresh_from_db()
    assert ana.job_title == "Jefa de servicio"
