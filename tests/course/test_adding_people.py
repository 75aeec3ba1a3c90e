import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.groups.finding import find_people
from course.models import ADMINISTRATORS, TRAINERS, Area, Attendance, AuditEntry, Cohort, Enrolment, Session, User
from course.people.accounts import CannotAdd, add_existing_person, add_person
from course.people.identifiers import set_optional_fields
from course.people.leaving import archive_person
from course.people.merging import may_be_same_person, name_tokens, suggest_duplicates
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff

pytestmark = pytest.mark.django_db
PAGE = "/es/grupos/personas/agregar/"


@pytest.fixture
def group(cohort):
    return cohort


def add(group, trainer, given_names="Ana Lucía", surnames="López Pérez", *, now=NOW, **fields):
    names = {"given_names": given_names, "surnames": surnames}
    return add_person(group, **names, **fields, by=trainer, now=now, chance=random.Random(str(now)))


def written(group, **fields):
    return {"given_names": "Ana Lucía", "surnames": "López Pérez", "cohort": group.pk} | fields


def members(group):
    return list(User.objects.filter(enrolments__cohort=group, enrolments__left_at=None).order_by("pk"))


def test_a_person_gets_an_account_a_place_in_the_group_and_a_line_in_the_log(group, trainer):
    ana = add(group, trainer, "ANA LUCÍA", "lópez pérez", job_title="Vacunadora")
    assert (str(ana), ana.clinic, ana.job_title, ana.has_usable_password()) == (
        "Ana Lucía López Pérez",
        group.clinic,
        "Vacunadora",
        False,
    )
    assert members(group) == [ana]
    assert list(AuditEntry.objects.values_list("action", "by", "cohort")) == [("person_added", trainer.pk, group.pk)]


def test_two_clicks_make_one_person_and_two_namesakes_two(group, trainer):
    first = add(group, trainer)
    assert add(group, trainer, now=NOW + timedelta(seconds=5)) == first
    second = add(group, trainer, now=NOW + timedelta(minutes=5))
    assert second != first
    assert members(group) == [first, second]


def test_from_the_desk_the_names_and_the_group_are_enough(desk, group):
    for _click in range(2):
        answer = desk.post(PAGE, written(group))
    [ana] = members(group)
    assert answer.url == reverse("desk_new_pin", args=[group.pk, ana.pk])
    desk.post(answer.url)
    assert ana.starting_pin


def test_a_whole_name_in_the_first_box_is_divided_and_one_word_is_not_enough(desk, group):
    desk.post(PAGE, written(group, given_names="Ana Lucía de León Coj", surnames=""))
    assert [(one.first_name, one.last_name) for one in members(group)] == [("Ana Lucía", "de León Coj")]
    for refused in ({"given_names": "Ana", "surnames": ""}, {"given_names": ""}, {"cohort": ""}, {"cohort": "9" * 30}):
        assert desk.post(PAGE, written(group, **refused)).status_code == 422
    assert User.objects.filter(is_staff=False).count() == 1


def test_the_group_is_chosen_where_one_comes_from_it_and_closed_ones_stand_apart(desk, group, trainer):
    yesterday = timezone.localdate() - timedelta(days=1)
    make_cohort("Vieja", trainers=[trainer], closes_on=yesterday, opens_on=yesterday)
    make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)])
    page = desk.get(f"{PAGE}?grupo={group.pk}").text
    assert f'<option value="{group.pk}" selected>' in page
    assert "Ajena" not in page
    assert page.index(f"{group}</option>") < page.index('<optgroup label="Cerrados">') < page.index("Vieja</option>")
    assert desk.get(f"{PAGE}?grupo={'9' * 30}").status_code == 200
    for name, is_closed in (("Vieja", True), (group.name, False)):
        chosen = Cohort.objects.get(name=name).pk
        text = desk.post(PAGE, {"given_names": "Ana", "surnames": f"Tum {name}", "cohort": chosen}, follow=True).text
        assert f"ahora está en «{name}»" in text
        assert ("El grupo está cerrado hoy" in text) is is_closed


def test_a_group_of_somebody_else_takes_nobody(desk, trainer):
    other = make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)])
    for fields in ({}, {"misma": make_learner(cohort=make_cohort("Tarde", trainers=[trainer])).pk}, {"otra": "1"}):
        assert desk.post(PAGE, written(other, **fields)).status_code == 422
    assert members(other) == []


def test_who_may_be_the_same_is_asked_and_one_tap_lets_the_account_in(desk, group, trainer):
    ana = make_learner("ANA222", "Ana", "López", cohort=make_cohort("Mañana", trainers=[trainer]))
    page = desk.post(PAGE, written(group))
    assert (page.status_code, members(group)) == (200, [])
    text = page.text
    for words in ("¿Es la misma persona?", f'name="misma" value="{ana.pk}"', "ANA222"):
        assert words in text
    assert 'value="Ana Lucía"' in desk.post(PAGE, written(group, corregir="1")).text
    for _click in range(2):
        assert desk.post(PAGE, written(group, misma=ana.pk)).url == reverse("desk_person", args=[group.pk, ana.pk])
    assert members(group) == [ana]
    assert User.objects.filter(is_staff=False).count() == 1
    desk.post(PAGE, written(group, otra="1"))
    assert len(members(group)) == 2


def test_nobody_is_let_in_whom_the_trainer_may_not_see(desk, group):
    outside = make_learner("OTR222", "Ana Lucía", "López Pérez")
    make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)], learners=[outside])
    assert desk.post(PAGE, written(group, misma=outside.pk)).status_code == 404
    assert desk.post(PAGE, written(group)).status_code == 302
    assert "OTR222" not in [one.username for one in members(group)]


def test_who_was_archived_comes_back_and_closed_staff_does_not(group, trainer):
    ana = make_learner(cohort=group)
    archive_person(ana, group, by=trainer, now=NOW)
    ana.refresh_from_db()
    add_existing_person(group, ana, by=trainer, now=NOW)
    ana.refresh_from_db()
    assert (ana.is_active, members(group)) == (True, [ana])
    colleague = make_staff("colega", TRAINERS, is_active=False)
    Enrolment.objects.create(learner=colleague, cohort=group, enrolled_at=NOW, left_at=NOW)
    with pytest.raises(CannotAdd):
        add_existing_person(group, colleague, by=trainer, now=NOW)
    colleague.refresh_from_db()
    assert (colleague.is_active, members(group)) == (False, [ana])


@pytest.fixture
def gone_on(group):
    other = make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)], clinic=make_clinic("Puesto de Chajul"))
    eva = make_learner(
        "EVA222", "Eva", "Tum", cohort=group, clinic=other.clinic, phone="+50255551234", job_title="Vacunadora de ruta"
    )
    Enrolment.objects.filter(learner=eva).update(left_at=NOW)
    Enrolment.objects.create(learner=eva, cohort=other, enrolled_at=NOW)
    return eva


def test_nobody_takes_over_whom_somebody_else_looks_after(desk, group, session, trainer, gone_on):
    set_optional_fields("", "Para avisarle.", by=trainer, now=NOW)
    at_session = reverse("desk_add_to_session", args=[group.pk, session.pk])
    for page, fields in ((PAGE, written(group)), (at_session, {})):
        answer = desk.post(page, fields | {"misma": gone_on.pk})
        assert (answer.status_code, members(group)) == (422, [])
        assert "está en un grupo de otra persona" in answer.text
    assert not trainer.has_perm("course.see_learner", gone_on)
    assert desk.post(reverse("desk_new_pin", args=[group.pk, gone_on.pk])).status_code == 404
    assert not AuditEntry.objects.filter(action="people_enrolled").exists()
    shown = [
        desk.post(PAGE, written(group, given_names="Eva", surnames="Tum", phone="5555-1234")),
        desk.post(at_session, {"given_names": "Eva", "surnames": "Tum"}),
        desk.post(at_session, {"q": "tum eva"}),
    ]
    for answer in shown:
        page = answer.text
        assert "Tum, Eva" in page
        assert "código para unirse" in page
        for hidden in ("EVA222", "Vacunadora de ruta", "Ajena", 'name="misma"', "<dd>el mismo</dd>"):
            assert hidden not in page, hidden


def test_who_went_on_is_found_neither_by_code_nor_by_clinic_nor_by_telephone(trainer, gone_on):
    assert [one.person for one in find_people(trainer, "eva tum", now=NOW)[0]] == [gone_on]
    for words in ("EVA222", "chajul", "eva chajul", "tum eva222"):
        assert find_people(trainer, words, now=NOW) == ([], 0), words
    assert suggest_duplicates(trainer, given_names="X", surnames="Y", phone="+50255551234") == []


def test_two_pages_open_at_once_take_nobody_over(desk, group, trainer):
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    archive_person(eva, group, by=trainer, now=NOW)
    assert 'name="misma"' in desk.post(PAGE, written(group, given_names="Eva", surnames="Tum")).text
    other = make_staff("otra", TRAINERS)
    theirs = make_cohort("Ajena", trainers=[other])
    add_existing_person(theirs, eva, by=other, now=NOW)
    assert desk.post(PAGE, written(group, misma=eva.pk)).status_code == 422
    assert desk.post(reverse("desk_archive", args=[group.pk]), {"persona": eva.pk}).status_code == 404
    with pytest.raises(CannotAdd):
        add_existing_person(group, eva, by=trainer, now=NOW)
    assert (members(group), members(theirs)) == ([], [eva])


def test_who_leads_another_area_takes_nobody_over_and_an_administrator_may(group, gone_on):
    areas = [Area.objects.create(name=name) for name in ("Quiché", "Petén")]
    leads = [make_staff(f"jefa{number}", TRAINERS) for number in range(2)]
    for area, lead in zip(areas, leads, strict=True):
        area.leads.add(lead)
    make_cohort("Petén", clinic=make_clinic("Puesto de Petén", area=areas[1]))
    theirs = gone_on.enrolments.get(left_at=None).cohort
    theirs.clinic.area = areas[0]
    theirs.clinic.save()
    with pytest.raises(CannotAdd):
        add_existing_person(group, gone_on, by=leads[1], now=NOW)
    assert members(group) == []
    add_existing_person(group, gone_on, by=leads[0], now=NOW)
    assert members(group) == [gone_on]
    Enrolment.objects.filter(learner=gone_on, cohort=group).update(left_at=NOW)
    add_existing_person(group, gone_on, by=make_staff("admin", ADMINISTRATORS), now=NOW)
    assert members(group) == [gone_on]


def test_the_archive_opens_no_closed_account_of_staff_to_a_trainer(client, desk, group, trainer):
    colleague = make_staff("colega", TRAINERS, is_active=False, first_name="Rosa", last_name="Batz")
    Enrolment.objects.create(learner=colleague, cohort=group, enrolled_at=NOW, left_at=NOW)
    page = reverse("desk_archive", args=[group.pk])
    text = desk.get(page).text
    assert "Batz, Rosa" in text
    assert 'name="persona"' not in text
    find = "/es/grupos/personas/"
    desk.post(find, {"q": "batz rosa"})
    assert page not in desk.get(find).text
    for _tab in range(2):
        assert desk.post(page, {"persona": colleague.pk}).status_code == 422
    colleague.refresh_from_db()
    assert (colleague.is_active, members(group)) == (False, [])
    client.force_login(make_staff("admin", ADMINISTRATORS))
    assert client.post(page, {"persona": colleague.pk}).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_active, members(group)) == (True, [colleague])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Ana", "López"), ("Ana Lucía", "López Pérez"), True),
        (("ANA LUCIA", "LOPEZ"), ("Lucía", "López Pérez"), True),
        (("Ana", "López García"), ("Ana", "López Pérez"), False),
        (("Ana", "López"), ("Eva", "López"), False),
        (("Ana", "Pérez"), ("Ana", "López Pérez"), False),
        (("María de los Ángeles", "de la Cruz"), ("Maria Angeles", "Cruz"), True),
        (("Íñigo", "Muñoz"), ("Inigo", "Munoz"), True),
        (("Ana", ""), ("Ana", "López"), False),
        (("Vilma L.", "Sicán"), ("Vilma Lucía", "Sicán Ñoj"), True),
        (("L.", "Sicán"), ("Vilma Lucía", "Sicán Ñoj"), False),
        (("Vilma", "Gonzales Velásquez"), ("Bilma", "González Velázquez"), True),
        (("Ana H.", "Ernández"), ("Ana Hilda", "Hernández Xol"), True),
        (("Ana C.", "Yat"), ("Ana Cecilia", "Yat"), True),
        (("Ana", "Castillo"), ("Ana", "Castiyo Tum"), True),
        (("Ana", "Hernández"), ("Ana", "Henández"), True),
        (("Mariajosé", "Tum Paz"), ("María José", "Tum Paz"), True),
        (("Marta", "Tum Paz"), ("María", "Tum Paz"), False),
        (("Ana", "Coj"), ("Ana", "Coc"), False),
        (("José María", "Yat Choc"), ("María José", "Choc Yat"), False),
    ],
)
def test_names_that_may_be_of_one_person(one, other, same):
    one, other = (tuple(map(name_tokens, names)) for names in (one, other))
    assert may_be_same_person(one, other) is may_be_same_person(other, one) is same


def test_a_telephone_tells_the_same_person_where_it_is_asked(desk, group, trainer):
    set_optional_fields("Para el informe.", "Para avisarle.", by=trainer, now=NOW)
    known = make_learner("EVA222", "Eva", "Tum", cohort=group, phone="+50255551234")
    assert suggest_duplicates(trainer, given_names="X", surnames="Y", phone="+50255551234") == [known]
    assert "EVA222" in desk.post(PAGE, written(group, phone="5555-1234")).text
    assert desk.post(PAGE, written(group, phone="12")).status_code == 422
    desk.post(PAGE, written(group, phone="(502) 4444 1234", sex="woman", job_title="Guardián"))
    ana = members(group)[-1]
    assert (ana.phone, ana.sex, ana.role) == ("+50244441234", "woman", "apoyo")


def test_what_is_not_asked_is_not_kept(desk, group):
    page = desk.get(PAGE).text
    assert 'name="phone"' not in page
    assert 'name="sex"' not in page
    desk.post(PAGE, written(group, phone="5555 1234", sex="woman"))
    [ana] = members(group)
    assert (ana.phone, ana.sex) == ("", "")


@pytest.fixture
def session(group, trainer):
    return Session.objects.create(cohort=group, place="Salón", made_by=trainer)


def came(session):
    return sorted(session.attendances.values_list("learner__username", flat=True))


def test_who_walks_in_is_added_and_was_there(desk, group, session):
    page = reverse("desk_add_to_session", args=[group.pk, session.pk])
    back = reverse("desk_session", args=[group.pk, session.pk])
    for _click in range(2):
        assert desk.post(page, {"given_names": "Ana", "surnames": "López"}).url == back
    [ana] = members(group)
    assert came(session) == [ana.username]
    assert f'name="persona" value="{ana.pk}" checked' in desk.get(back).text
    assert Attendance.objects.get().how == Attendance.How.TAPPED


def test_who_walks_in_with_an_account_keeps_it(desk, group, session, trainer):
    eva = make_learner("EVA222", "Eva", "Tum", cohort=make_cohort("Mañana", trainers=[trainer]))
    outside = make_learner("OTR222", "Eva", "Tum")
    make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)], learners=[outside])
    page = reverse("desk_add_to_session", args=[group.pk, session.pk])
    text = desk.post(page, {"q": "tum eva"}).text
    assert f'name="misma" value="{eva.pk}"' in text
    assert "OTR222" not in text
    assert desk.post(page, {"misma": outside.pk}).status_code == 404
    desk.post(page, {"misma": eva.pk})
    assert (came(session), members(group)) == (["EVA222"], [eva])
    desk.post(page, {"given_names": "Ana", "surnames": "López"})
    assert len(came(session)) == 2
