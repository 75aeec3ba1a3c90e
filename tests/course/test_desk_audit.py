"""Who did what: what the desk keeps, who reads it, and as which file."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import course
from course.models import AuditEntry
from course.people.audit import ACTIONS, UnknownAction, note
from tests.factories import NOW, make_cohort, make_course, make_learner, make_staff, make_trainer

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def group():
    make_course(modules=1, lessons=1)
    return make_cohort(trainers=[make_trainer()], learners=[make_learner()])


@pytest.fixture
def trainer(client, group):
    trainer = group.trainers.get()
    client.force_login(trainer)
    return trainer


def page_of(client, cohort, **query):
    return client.get(reverse("desk_audit", args=[cohort.pk]), query)


def actions_of(answer):
    return [entry.action for entry, _words in answer.context["lines"]]


def test_only_what_has_words_is_kept(group, trainer):
    with pytest.raises(UnknownAction):
        note("answers_read", by=trainer, now=NOW)
    assert not AuditEntry.objects.exists()


def test_the_list_has_words_for_what_is_kept_and_for_nothing_else():
    rooms = [path for path in Path(course.__file__).parent.rglob("*.py") if path.name != "audit.py"]
    said = {name for path in rooms for name in re.findall(r'"([a-z_]+)"', path.read_text())}
    assert set(ACTIONS) - said == set()


def test_exports_and_changes_of_the_desk_are_kept_with_who_and_how_many(client, group, trainer):
    learner = group.learners.get()
    client.get(reverse("desk_cohort_xlsx", args=[group.pk]))
    client.get(reverse("desk_cohort_csv", args=[group.pk]) + "?estado=done")
    client.post(reverse("desk_unlock", args=[group.pk, learner.pk]))
    client.get(reverse("desk_marking_csv"))
    kept = [(one.action, one.by, one.cohort, one.about_words, one.people) for one in AuditEntry.objects.order_by("pk")]
    assert kept == [
        ("group_exported", trainer, group, "", 1),
        ("group_exported", trainer, group, "", 0),
        ("person_unlocked", trainer, group, str(learner), 1),
        ("marking_exported", trainer, None, "", None),
    ]


def test_the_list_says_what_was_done_in_words_newest_first_and_by_kind(client, group, trainer):
    note("group_exported", by=trainer, cohort=group, people=12, now=NOW)
    ana = group.learners.get()
    note("pin_given", by=trainer, cohort=group, about=[ana], people=1, now=NOW + timedelta(hours=1))
    answer = page_of(client, group)
    assert actions_of(answer) == ["pin_given", "group_exported"]
    page = answer.content.decode()
    assert "Dio un PIN nuevo" in page
    assert "Ana Lucía Coj" in page
    assert actions_of(page_of(client, group, accion="group_exported")) == ["group_exported"]
    assert actions_of(page_of(client, group, accion="<b>")) == ["pin_given", "group_exported"]


def test_the_file_holds_all_pages_of_one_kind_for_excel(client, group, trainer):
    for minute in range(60):
        note("group_exported", by=trainer, cohort=group, people=minute, now=NOW + timedelta(minutes=minute))
    note("pin_given", by=trainer, cohort=group, subject="=1+1", people=1, now=NOW)
    answer = client.get(reverse("desk_audit_csv", args=[group.pk]), {"accion": "group_exported"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["Cuándo", "Quién", "Qué", "Grupo", "Sobre", "Personas"]
    assert rows[1] == ["2026-11-25 09:59", str(trainer), "Exportó el grupo", group.name, "", "59"]
    assert len(rows) == 61
    assert AuditEntry.objects.filter(action="audit_exported", cohort=group).count() == 1
    assert "'=1+1" in client.get(reverse("desk_audit_csv", args=[group.pk])).content.decode()


def test_a_page_holds_fifty_and_asks_as_often_for_one_as_for_many(client, group, trainer):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            page_of(client, group)
        return len(asked)

    note("group_exported", by=trainer, cohort=group, now=NOW)
    note("pin_given", by=trainer, cohort=group, about=[group.learners.get()], now=NOW)
    few = queries()
    for minute in range(59):
        about = [make_learner(f"P{minute}"), trainer]
        note("pin_given", by=trainer, cohort=group, about=about, now=NOW + timedelta(minutes=minute))
    assert queries() == few
    second = page_of(client, group, accion="pin_given", pagina=2)
    assert len(second.context["lines"]) == 10
    assert "accion=pin_given&amp;pagina=1" in second.content.decode()


def test_a_trainer_reads_of_the_own_groups_and_an_administrator_of_all(client, group, trainer):
    other = make_trainer("otra")
    foreign = make_cohort("Grupo ajeno", trainers=[other])
    note("group_exported", by=other, cohort=foreign, now=NOW)
    note("marking_exported", by=trainer, now=NOW)
    note("pin_given", by=other, cohort=group, now=NOW + timedelta(hours=1))
    assert actions_of(client.get(reverse("desk_all_audit"))) == ["pin_given", "marking_exported"]
    for name in ("desk_audit", "desk_audit_csv"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
    client.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    assert set(actions_of(client.get(reverse("desk_all_audit")))) == {
        "pin_given",
        "marking_exported",
        "group_exported",
    }
    client.force_login(group.learners.get())
    assert {client.get(reverse(name)).status_code for name in ("desk_all_audit", "desk_all_audit_csv")} == {404}


def test_the_log_names_people_as_they_are_called_today_and_nobody_who_is_gone(client, group, trainer):
    ana, former = group.learners.get(), make_trainer("antes", "Rosa", "Tun")
    note("trainers_named", by=former, cohort=group, about=[former, trainer], now=NOW)
    note("reminders_asked", by=None, cohort=group, about=[ana], people=1, now=NOW + timedelta(hours=1))
    ana.first_name = "Ana Luz"
    ana.save()
    former.delete()
    gone = "una cuenta eliminada"
    expected = [("El sitio, automáticamente", "Ana Luz Coj de la Cruz"), (gone, f"{gone}, Marta Ajú Ñáñez")]
    assert [(entry.who, entry.about_words) for entry, _words in page_of(client, group).context["lines"]] == expected
    lines = client.get(reverse("desk_audit_csv", args=[group.pk])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines, newline="")))[1:]
    assert [(row[1], row[4]) for row in rows] == expected
    held = list(AuditEntry.objects.order_by("pk").values_list("by", "by_somebody", "subject"))
    assert held[:2] == [(None, True, ""), (None, False, "")]
