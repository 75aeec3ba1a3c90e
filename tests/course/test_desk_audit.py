import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

import course
from course.models import AuditEntry
from course.people.audit import ACTIONS, UnknownAction, audit_log
from tests.factories import NOW, make_cohort, make_staff, make_trainer

from .answers import column, rows

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def page_of(desk, cohort, **query):
    return desk.get(reverse("desk_audit", args=[cohort.pk]), query)


def done_in(answer):
    return re.findall(r"</th>\s*<td>([^<]*)</td>", answer.text)


def test_only_what_has_words_is_kept(trainer):
    with pytest.raises(UnknownAction):
        audit_log("answers_read", by=trainer, now=NOW)
    assert not AuditEntry.objects.exists()


def test_the_list_has_words_for_what_is_kept_and_for_nothing_else():
    rooms = [path for path in Path(course.__file__).parent.rglob("*.py") if path.name != "audit.py"]
    said = {name for path in rooms for name in re.findall(r'"([a-z_]+)"', path.read_text())}
    assert set(ACTIONS) - said == set()


def test_exports_and_changes_of_the_desk_are_kept_with_who_and_how_many(desk, course, group, trainer, ana):
    desk.get(reverse("desk_cohort_xlsx", args=[group.pk]))
    desk.get(reverse("desk_cohort_csv", args=[group.pk]) + "?estado=done")
    desk.post(reverse("desk_unlock", args=[group.pk, ana.pk]))
    desk.get(reverse("desk_marking_csv"))
    kept = [(one.action, one.by, one.cohort, one.about_text, one.people) for one in AuditEntry.objects.order_by("pk")]
    assert kept == [
        ("group_exported", trainer, group, "", 1),
        ("group_exported", trainer, group, "", 0),
        ("person_unlocked", trainer, group, str(ana), 1),
        ("marking_exported", trainer, None, "", None),
    ]


def test_the_list_says_what_was_done_in_words_newest_first_and_by_kind(desk, group, trainer, ana):
    audit_log("group_exported", by=trainer, cohort=group, people=12, now=NOW)
    audit_log("pin_given", by=trainer, cohort=group, about=[ana], people=1, now=NOW + timedelta(hours=1))
    everything = ["Dio un PIN nuevo", "Exportó el grupo"]
    assert done_in(page_of(desk, group)) == everything
    assert "Ana Lucía Coj" in page_of(desk, group).text
    assert done_in(page_of(desk, group, accion="group_exported")) == everything[1:]
    assert done_in(page_of(desk, group, accion="<b>")) == everything


def test_a_page_holds_fifty_and_the_file_all_of_one_kind(desk, group, trainer):
    for minute in range(60):
        audit_log("group_exported", by=trainer, cohort=group, people=minute, now=NOW + timedelta(minutes=minute))
    audit_log("pin_given", by=trainer, cohort=group, people=1, now=NOW)
    second = page_of(desk, group, accion="group_exported", pagina=2)
    assert len(done_in(second)) == 10
    assert "accion=group_exported&amp;pagina=1" in second.text
    headings, first, *others = rows(desk.get(reverse("desk_audit_csv", args=[group.pk]), {"accion": "group_exported"}))
    assert headings == ["Cuándo", "Quién", "Qué", "Grupo", "Sobre", "Personas"]
    assert first == ["2026-11-25 09:59", str(trainer), "Exportó el grupo", group.name, "", "59"]
    assert len(others) == 59


def test_a_trainer_reads_of_the_own_groups_and_an_administrator_of_all(desk, group, trainer):
    other = make_trainer("otra")
    foreign = make_cohort("Grupo ajeno", trainers=[other])
    audit_log("group_exported", by=other, cohort=foreign, now=NOW)
    audit_log("marking_exported", by=trainer, now=NOW)
    audit_log("pin_given", by=other, cohort=group, now=NOW + timedelta(hours=1))
    own = {"Dio un PIN nuevo", "Exportó lo que está por calificar"}
    assert set(done_in(desk.get(reverse("desk_all_audit")))) == own
    for name in ("desk_audit", "desk_audit_csv"):
        assert desk.get(reverse(name, args=[foreign.pk])).status_code == 404
    desk.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    assert set(done_in(desk.get(reverse("desk_all_audit")))) == own | {"Exportó el grupo"}


def test_the_log_names_people_as_they_are_called_today_and_nobody_who_is_gone(desk, group, trainer, ana):
    former = make_trainer("antes", "Rosa", "Tun")
    audit_log("trainers_named", by=former, cohort=group, about=[former, trainer], now=NOW)
    audit_log("reminders_asked", by=None, cohort=group, about=[ana], people=1, now=NOW + timedelta(hours=1))
    ana.first_name = "Ana Luz"
    ana.save()
    former.delete()
    gone = "una cuenta eliminada"
    people = {
        "Quién": ["El sitio, automáticamente", gone],
        "Sobre": ["Ana Luz Coj de la Cruz", f"{gone}, Marta Ajú Ñáñez"],
    }
    file = desk.get(reverse("desk_audit_csv", args=[group.pk]))
    assert {heading: column(file, heading) for heading in people} == people
    page = page_of(desk, group).text
    assert all(f">{one}<" in page for one in [*people["Quién"], *people["Sobre"]])
    held = list(AuditEntry.objects.order_by("pk").values_list("by", "by_somebody", "subject"))
    assert held[:2] == [(None, True, ""), (None, False, "")]
