from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from lxml import html

from course.models import AuditEntry, Failure, Reminder, User
from tests.factories import make_cohort, make_learner, make_trainer

from .factories import NOW, make_group, put, send

pytestmark = pytest.mark.django_db
LIST, REMINDERS = "/es/grupos/", "/es/grupos/a-quien-llamar/correos/"


@pytest.fixture(autouse=True)
def trainer(client, group):
    client.force_login(group.trainers.get())


@pytest.fixture
def remind(client, django_capture_on_commit_callbacks):
    def press(*people, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(REMINDERS, {"persona": [person.pk for person in people], **fields})

    return press


def words(client, path):
    return " ".join(client.get(path).text.split())


def standing_of(client, learner):
    [line] = html.fromstring(client.get(LIST).text).xpath(f"//li[h3/a[contains(@href, '/personas/{learner.pk}/')]]")
    return bool(line.xpath(".//button[@name='persona']")), line.findtext("p[@class='muted small']")


def test_the_list_says_who_has_an_address_and_one_click_reminds(client, group, remind):
    ana, bea = put("ANA", group), put("BEA", group, email="")
    assert standing_of(client, ana) == (True, "Tiene correo")
    assert standing_of(client, bea) == (False, "No tiene correo")
    assert remind(ana, **{"from": "list"}).url == LIST
    assert "1 recordatorio va en camino." in words(client, LIST)
    assert [letter.to for letter in mail.outbox] == [["ana@ejemplo.gt"]]
    may, told = standing_of(client, ana)
    assert not may
    assert told.startswith("Recordatorio enviado el ")
    assert " Otro, a partir del " in told
    remind(ana)
    assert len(mail.outbox) == 1
    assert "No se envió nada" in words(client, REMINDERS)
    assert AuditEntry.objects.filter(action="reminders_asked", cohort=group).count() == 1


def test_all_who_can_get_one_are_reminded_with_one_click(client, group, remind):
    people = [put(f"P{n}", group) for n in range(3)] + [put("BEA", group, email="")]
    assert "Recordar por correo a las 3 personas de esta lista que pueden recibirlo" in client.get(LIST).text
    remind(*people)
    assert len(mail.outbox) == 3
    assert AuditEntry.objects.get().people == 3


def test_the_preview_is_the_very_text_but_for_each_ones_own_address(client, group, remind):
    ana = put("ANA", group)
    [shown] = html.fromstring(client.get(LIST).text).find_class("letter")
    sender, subject = shown.xpath("p/strong/text()")
    text = shown.find_class("written")[0].text
    assert html.fromstring(client.get(REMINDERS).text).find_class("written")[0].text == text
    remind(ana)
    (letter,) = mail.outbox
    assert (letter.subject, letter.from_email, shown.get("lang")) == (subject, sender, "es")
    assert letter.body == text.replace("/…/", f"/{Reminder.objects.get().token}/")


def test_who_is_not_on_the_own_list_is_not_reminded(client, group, remind):
    stranger = put("FOR", make_group("Ajeno", trainer=make_trainer("otra")))
    busy = make_learner("NEW", cohort=group, email="new@ejemplo.gt")
    busy.enrolments.update(enrolled_at=timezone.now())
    remind(stranger, busy)
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_the_trainer_reads_why_somebody_gets_none_and_what_became_of_each(client, group):
    moment = timezone.now() - timedelta(days=1)
    stopped = put("STO", group, reminders_stopped_at=NOW)
    refused, waits, again = put("REF", group), put("WAI", group), put("AGA", group)
    Reminder.objects.create(
        learner=refused, cohort=group, requested_at=moment, failed_at=moment, problem=Failure.REFUSED
    )
    Reminder.objects.create(learner=waits, cohort=group, requested_at=moment, next_try_at=moment)
    Reminder.objects.create(
        learner=again,
        cohort=group,
        tries=1,
        next_try_at=timezone.now() + timedelta(hours=1),
        requested_by=group.trainers.get(),
    )
    assert standing_of(client, stopped) == (False, "No quiere correos")
    may, told = standing_of(client, refused)
    assert may
    assert told.endswith(". El servidor de correo lo rechazó. Pregunte a la persona si el correo está bien escrito.")
    assert "ada trabaja en segundo plano" in standing_of(client, waits)[1]
    assert "se intenta otra vez a las " in standing_of(client, again)[1]
    page = words(client, REMINDERS)
    assert page.count("El sitio, automáticamente") == 2
    assert "Marta Ajú Ñáñez</td>" in page
    assert "no quiere correos" in words(client, reverse("desk_person", args=[group.pk, stopped.pk]))


def test_where_no_mail_goes_out_nothing_is_offered(client, group, remind, settings):
    settings.MAIL_GOES_OUT = False
    ana = put("ANA", group)
    page = words(client, LIST)
    assert "tiene correo" not in page
    assert "Recordar por correo" not in page
    assert "Este sitio no envía correos" in words(client, REMINDERS)
    assert remind(ana).status_code == 404
    assert Reminder.objects.count() == 0


def test_a_trainer_writes_and_removes_the_address_of_a_person(client, group):
    ana = put("ANA", group, email="")
    put("BEA", group)
    page = reverse("desk_address", args=[group.pk, ana.pk])
    assert client.post(page, {"email": "BEA@ejemplo.gt"}).status_code == 422
    assert client.post(page, {"email": "Ana@ejemplo.gt"}).url == reverse("desk_person", args=[group.pk, ana.pk])
    assert "ana@ejemplo.gt" in words(client, reverse("desk_person", args=[group.pk, ana.pk]))
    client.post(page, {"email": ""})
    ana.refresh_from_db()
    assert ana.email == ""
    assert [(entry.action, entry.about_text) for entry in AuditEntry.objects.all()] == [("address_changed", "Ana")] * 2


def test_no_trainer_turns_reminders_on_again_for_a_person_who_stopped_them(client, group, remind):
    ana = put("ANA", group, reminders_stopped_at=NOW)
    bea = put("BEA", group)
    page = reverse("desk_address", args=[group.pk, ana.pk])
    client.post(page, {"email": "otra@ejemplo.gt", "wanted": "on", "reminders_stopped_at": ""})
    User.objects.filter(pk=ana.pk).update(confirmed_email="otra@ejemplo.gt")
    type(group).objects.filter(pk=group.pk).update(sends_reminders=True)
    mail.outbox.clear()
    remind(ana, bea)
    call_command("send_reminders", stdout=StringIO())
    send()
    ana.refresh_from_db()
    assert (ana.email, ana.reminders_stopped_at) == ("otra@ejemplo.gt", NOW)
    assert [letter.to for letter in mail.outbox] == [["bea@ejemplo.gt"]]


def test_only_whoever_changes_the_account_changes_the_address(client, group):
    boss = put("JEF", group, is_staff=True)
    assert client.get(reverse("desk_address", args=[group.pk, boss.pk])).status_code == 404


def test_a_group_reminds_without_being_asked_only_when_its_trainer_turns_it_on(client, group):
    page = reverse("desk_change_group", args=[group.pk])
    fields = {"name": group.name, "clinic": "", "opens_on": "2020-01-01", "closes_on": ""}
    fields["trainers"] = [group.trainers.get().pk]
    for switch in ({"sends_reminders": "on"}, {"sends_reminders": "on"}, {}):
        client.post(page, fields | switch)
        group.refresh_from_db()
        assert group.sends_reminders is bool(switch)
    switched = AuditEntry.objects.filter(action="reminders_switched").order_by("pk")
    assert list(switched.values_list("subject", flat=True)) == ["activados", "quitados"]
    assert not make_cohort("Nuevo").sends_reminders
