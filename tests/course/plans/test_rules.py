from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from course.models import Area, AuditEntry, CentreHead, PlanAction, PlanReview
from course.people.clinics import clinics_looked_after_by
from course.people.leaving import archive_person, delete_person
from course.people.merging import merge_accounts
from course.plans.access import clinic_headed_by, clinics_reminded_of, heads_of, name_head, people_to_name, remove_head
from course.plans.actions import HasEnded, PlanIsFull, Reviewed, ReviewedMeanwhile, keep_reviews, let_action_go
from course.plans.due import clinic_plans, due_plans, plan_figures
from course.plans.forms import checklist_points
from course.plans.reading import plan_of
from course.plans.words import NamesSomebody, check_leads_to_nobody, check_names_no_colleague, tidy
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

from .factories import agree, line_of, review

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def actions_noted():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "cohort__name", "subject"))


@pytest.mark.postgres
def test_a_plan_has_three_open_actions_at_most_by_rule_and_by_database(clinic):
    first, second, _third = (agree(clinic, words) for words in ("Una", "Dos", "Tres"))
    with pytest.raises(PlanIsFull):
        agree(clinic, "Cuatro")
    for place in (4, 2, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanAction.objects.create(clinic=clinic, place=place, words="x", post="x", due_on=TODAY, agreed_on=TODAY)
    let_action_go(second, why="El edificio es alquilado.", by=None, now=NOW)
    assert (first.place, second.place, agree(clinic, "Cuatro").place) == (1, None, 2)
    assert agree(make_clinic("Otro"), "Cuatro").place == 1


def test_the_same_action_twice_is_one(clinic, trainer, cohort):
    first, again = agree(clinic, by=trainer), agree(clinic, by=trainer)
    assert first == again
    assert actions_noted() == [("plan_action_agreed", cohort.name, clinic.name)]


def test_an_action_that_is_let_go_keeps_its_reason_and_one_that_is_done_stays_done(clinic, trainer):
    gone, done = agree(clinic, "Una"), agree(clinic, "Dos")
    for _twice in range(2):
        let_action_go(gone, why="No hay espacio.", by=trainer, now=NOW)
    review(done, "done")
    with pytest.raises(HasEnded):
        let_action_go(done, why="Ya no.", by=trainer, now=NOW)
    with pytest.raises(HasEnded):
        review(gone)
    plan = plan_of(clinic, now=NOW)
    assert [(line.action, line.action.why_let_go) for line in plan.let_go] == [(gone, "No hay espacio.")]
    assert [line.action for line in plan.done] == [done]
    assert [action for action, *_rest in actions_noted()].count("plan_action_let_go") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanAction.objects.filter(pk=gone.pk).update(why_let_go="")


@pytest.mark.parametrize(
    ("days_ago", "reviewed", "due"),
    [
        (29, [], None),
        (30, [], 30),
        (89, [], 30),
        (89, [30], None),
        (90, [30], 90),
        # The first was never made: what is asked now is the second.
        (95, [], 90),
        (95, [90], None),
        (10, [30], None),
    ],
)
def test_each_review_is_due_by_its_own_day_whether_others_were_early_or_late(clinic, days_ago, reviewed, due):
    action = agree(clinic, days_ago=days_ago)
    for days in reviewed:
        review(action, days=days)
    mark = line_of(action).due
    assert (mark and mark.days) == due
    assert len(due_plans(type(clinic).objects.all(), now=NOW)) == bool(due)


def test_what_is_done_makes_room_and_is_open_again_when_that_is_corrected(clinic):
    action = agree(clinic, days_ago=30)
    review(action, "done")
    action.refresh_from_db()
    assert (action.outcome, action.place, action.ended_on) == ("done", None, TODAY)
    review(action, "partly", seen=1)
    action.refresh_from_db()
    assert (action.outcome, action.place, action.ended_on) == ("", 1, None)
    review(action, "done", seen=2)
    for words in ("Una", "Dos", "Tres"):
        agree(clinic, words)
    with pytest.raises(PlanIsFull):
        review(action, "not", seen=3)
    assert [one.answer for one in line_of(action).marks[0].reviews] == ["done", "partly", "done"]


def test_the_last_review_says_how_an_action_stands(clinic):
    action = agree(clinic, days_ago=95)
    review(action, "done", days=90)
    review_of_30 = Reviewed(action, 30, "not", ("time",), "", 0)
    with pytest.raises(HasEnded):
        keep_reviews(clinic, [review_of_30], by=None, now=NOW)
    other = agree(clinic, "Otra", days_ago=95)
    review(other, "not", days=30)
    review(other, "partly", days=90)
    review(other, "done", days=30, seen=1)
    assert line_of(other).is_open
    assert line_of(other).is_past_reviews


@pytest.mark.postgres
def test_twice_is_once_and_a_second_browser_sees_what_was_noted_and_may_correct_it(clinic, trainer, cohort):
    action = agree(clinic, days_ago=31)
    assert review(action, "partly", words="Falta papel", by=trainer) == 1
    assert review(action, "partly", words="Falta papel", by=trainer) == 0
    with pytest.raises(ReviewedMeanwhile) as meanwhile:
        review(action, "not", by=trainer)
    assert [(one.answer, one.number) for one in meanwhile.value.reviews] == [("partly", 1)]
    assert review(action, "not", by=trainer, seen=1) == 1
    kept = list(PlanReview.objects.order_by("number").values_list("number", "answer", "words", "noted_by"))
    assert kept == [(1, "partly", "Falta papel", trainer.pk), (2, "not", "", trainer.pk)]
    noted = [action for action, *_rest in actions_noted()]
    assert noted == ["plan_action_agreed", "plan_reviewed", "plan_review_corrected"]
    for days, number in ((30, 2), (45, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanReview.objects.create(action=action, days=days, number=number, answer="done")


def test_of_several_reviews_all_are_kept_or_none(clinic):
    first, second = agree(clinic, "Una", days_ago=31), agree(clinic, "Dos", days_ago=31)
    review(second, "not")
    said = [Reviewed(one, 30, "partly", ("time",), "", 0) for one in (first, second)]
    with pytest.raises(ReviewedMeanwhile):
        keep_reviews(clinic, said, by=None, now=NOW)
    assert PlanReview.objects.filter(action=first).count() == 0


def test_the_points_come_from_the_published_sheet_with_their_numbers_and_without_marks(checklist):
    assert [(group.title, group.points) for group in checklist_points("es")] == [
        ("Entrada y espera", [(1, "Un solo saludo."), (2, "Hay VIH a solas.")]),
        ("Datos", [(3, "Nadie pregunta la libreta.")]),
    ]
    assert checklist_points("en") == checklist_points("es")
    checklist.live = False
    checklist.save()
    assert checklist_points("es") == []


@pytest.mark.parametrize(
    "text",
    [
        "Llamar al 5555-1234",
        "+502 5555 1234",
        "DPI 2345 67890 0101",
        "５５５５１２３４",
        "escribir a ana@ejemplo.gt",
        "ana @ejemplo.gt",
        "5555.1234",
        "5 5 5 5 1 2 3 4",
        "5,5,5,5,1,2,3,4",
        "24-10-12-34",
        "2019 2044",
        "Q 24450011",
        "www.facebook.com/juana",
        "https://ejemplo.gt/juana",
        "Ver WA.ME/50255551234",
        "bit.ly/juana",
        "@juana.lopez",
        "Escribir a @ juana",
        "juana arroba ejemplo punto com",
    ],
)
def test_a_number_or_an_address_that_leads_to_a_person_is_refused(text):
    with pytest.raises(NamesSomebody, match="Quít"):
        check_leads_to_nobody(text)


@pytest.mark.parametrize(
    "text",
    [
        "Abrir de 07:00 a 19:00 desde el 15/01/2027",
        "Revisar los puntos 7, 8 y 9, y el 80 % del personal",
        "Plan 2026-2027, hasta el 2027-03-15",
        "Decreto 22-2008",
        "Dos firmas, 1 de cada 3 🙂",
        "<b>Rótulo</b> & cartel",
        "Q 1 200 000.00 para obra",
        "Q1,500",
        "Q.12,500,000.00 del presupuesto",
        "2026 2027 2028",
        "24 horas los 7 días",
        "Acuerdos 57-2012, 22-2008 y 9-2009",
        "Puntos 3, 10, 12, 15, 20",
        "de 7:00 a 15:30",
        "7:00-15:30, 8:00-12:00, 9:00-11:00",
        "Del 15/01/2027 al 30.6.27",
        "Un trato digno para tod@s l@s usuari@s",
        "Avisar en la página del centro.Es gratis y/o voluntario",
    ],
)
def test_days_hours_and_counts_lead_to_nobody(text):
    check_leads_to_nobody(text)


@pytest.fixture
def colleagues(clinic):
    names = ("Luz", "Cu de la Cruz"), ("Beto", "Paz"), ("Ana", "Xol"), ("Rosa", "López"), ("Beatriz", "Flores")
    for at, name in enumerate(names, 2):
        make_learner(f"LUZ22{at}", *name, clinic=clinic)


def test_whoever_works_in_the_centre_is_not_named_in_its_plan(clinic, head):
    with pytest.raises(NamesSomebody, match="Escriba mejor el cargo"):
        check_names_no_colleague("Que responda Irma Noriega", clinic)
    check_names_no_colleague("Que responda la dirección; santo y seña: Noriega", clinic)
    check_names_no_colleague("Que responda Irma Noriega", make_clinic("Otro"))


@pytest.mark.parametrize(
    "text",
    [
        "Que responda la licenciada Luz",
        "don BETO",
        "Licda.Luz",
        "el doctor López",
        "la enfermera de la Cruz",
        "la Dra. Lic. Ana",
        "R. López",
        "López, R.",
        "Luz C.",
    ],
)
def test_nobody_is_called_by_a_title_or_an_initial_with_one_name(clinic, colleagues, text):
    with pytest.raises(NamesSomebody, match="Escriba mejor el cargo"):
        check_names_no_colleague(text, clinic)
    check_names_no_colleague(text, make_clinic("Otro"))


@pytest.mark.parametrize(
    "text",
    [
        "Encender la luz de la entrada",
        "Que la licenciada de turno encienda la luz",
        "Un rincón de paz y flores",
        "A la enfermera de turno: sala B. Cerrar con llave.",
        "Que las señoras esperen en paz",
    ],
)
def test_words_that_are_also_names_may_stand_in_a_plan(clinic, colleagues, text):
    check_names_no_colleague(text, clinic)


def test_a_text_is_one_line_without_what_no_eye_sees():
    assert tidy(" Bajar\n la\x01voz\u200b \u202e🙂 ") == "Bajar la voz 🙂"


def test_who_sees_which_plan(area, clinic, trainer, cohort, head):
    lead, admin = make_staff("jefa", is_staff=True), make_staff("admin", is_staff=True, is_superuser=True)
    area.leads.add(lead)
    elsewhere = make_clinic("Puesto", area=Area.objects.create(name="Otra área"))
    other = make_trainer("otra")
    closed = make_cohort("Cerrado", trainers=[other], clinic=clinic, closes_on=TODAY - timedelta(days=1))

    def seen(person):
        return set(clinics_looked_after_by(person, today=TODAY)), set(clinics_reminded_of(person, today=TODAY))

    assert seen(trainer) == ({clinic}, {clinic})
    assert seen(lead) == ({clinic}, {clinic})
    assert seen(admin) == ({clinic, elsewhere}, set())
    assert seen(other) == (set(), set())
    assert seen(head) == (set(), set())
    closed.closes_on = TODAY
    closed.save()
    assert seen(other) == ({clinic}, {clinic})


def test_who_heads_a_centre_is_named_belongs_to_it_and_is_in_a_group(clinic, cohort, head):
    assert clinic_headed_by(head) == clinic
    head.role, head.job_title = "apoyo", "Conserje"
    head.save()
    assert clinic_headed_by(head) == clinic
    director = make_learner("EVA222", role="jefatura", job_title="Directora", clinic=clinic, cohort=cohort)
    assert clinic_headed_by(director) is None
    assert clinic_headed_by(make_learner("FIN222", role="jefatura", cohort=cohort)) is None
    out_of_groups = make_learner("GLO222", clinic=clinic)
    name_head(clinic, out_of_groups, by=None, now=NOW)
    assert clinic_headed_by(out_of_groups) is None
    assert [(one.person, one.in_force) for one in heads_of(clinic)] == [(out_of_groups, False), (head, True)]
    head.clinic = make_clinic("Otro")
    head.save()
    assert clinic_headed_by(head) is None
    assert [one.in_force for one in heads_of(clinic)] == [False, False]


def test_whom_one_may_name_is_of_the_clinic_and_of_the_own_groups(clinic, area, trainer, cohort, head):
    ana = make_learner("ANA222", "Ana", "Xol", clinic=clinic, cohort=cohort)
    make_learner("EVA222", clinic=make_clinic("Otro"), cohort=cohort)
    make_learner("FIN222", clinic=clinic, cohort=cohort, is_active=False)
    other = make_trainer("otra")
    of_others = make_learner("LUZ222", "Luz", "Cu", clinic=clinic, cohort=make_cohort("Tarde", trainers=[other]))
    lead, admin = make_staff("jefa", is_staff=True), make_staff("admin", is_staff=True, is_superuser=True)
    area.leads.add(lead)
    assert list(people_to_name(clinic, by=trainer)) == [ana]
    assert list(people_to_name(clinic, by=other)) == [of_others]
    assert list(people_to_name(clinic, by=lead)) == [ana]
    assert list(people_to_name(clinic, by=admin)) == [of_others, ana]
    assert list(people_to_name(clinic, by=head)) == []


def test_naming_and_taking_back_twice_is_once_and_stands_in_the_log(clinic, trainer, cohort):
    ana = make_learner("ANA222", clinic=clinic, cohort=cohort)
    for _twice in range(2):
        name_head(clinic, ana, by=trainer, now=NOW)
    [named] = heads_of(clinic)
    assert (named.person, named.named_by, named.named_at) == (ana, trainer, NOW)
    for _twice in range(2):
        remove_head(named, by=trainer, now=NOW)
    assert heads_of(clinic) == []
    told = [("plan_head_named", cohort.name, clinic.name), ("plan_head_removed", cohort.name, clinic.name)]
    assert actions_noted() == told
    assert {one.person for entry in AuditEntry.objects.all() for one in entry.about.all()} == {ana}


def test_whoever_leaves_every_group_heads_no_centre(clinic, trainer, cohort, head):
    afternoon = make_cohort("Tarde", trainers=[trainer], learners=[head])
    archive_person(head, cohort, by=trainer, now=NOW)
    assert clinic_headed_by(head) == clinic
    archive_person(head, afternoon, by=trainer, now=NOW)
    assert heads_of(clinic) == []


def test_the_plan_of_a_centre_and_what_was_written_into_it_go_with_two_accounts_that_are_merged(
    clinic, cohort, trainer, head
):
    kept = make_learner("IRM222", "Irma", "Noriega", clinic=clinic, cohort=cohort)
    name_head(clinic, kept, by=trainer, now=NOW)
    elsewhere = make_clinic("Otro")
    name_head(elsewhere, head, by=trainer, now=NOW)
    reviewed, gone = agree(clinic, "Una", by=head), agree(clinic, "Dos", by=head)
    review(reviewed, "partly", by=head)
    let_action_go(gone, why="No.", by=head, now=NOW)
    merge_accounts(kept, head, by=trainer, cohort=cohort, now=NOW)
    found = CentreHead.objects.order_by("pk").values_list("clinic", "person", "named_by", "named_at")
    assert [*found] == [(clinic.pk, kept.pk, trainer.pk, NOW), (elsewhere.pk, kept.pk, trainer.pk, NOW)]
    assert set(PlanAction.objects.values_list("made_by", "ended_by")) == {(kept.pk, None), (kept.pk, kept.pk)}
    assert PlanReview.objects.get().noted_by == kept


def test_of_an_account_that_is_deleted_nobody_is_named_and_what_it_named_stays(clinic, cohort, head):
    other = make_trainer("otra")
    CentreHead.objects.update(named_by=other)
    other.delete()
    [named] = heads_of(clinic)
    assert (named.person, named.named_by) == (head, None)
    head.delete()
    assert heads_of(clinic) == []


def test_figures_count_centres_and_how_actions_stand_by_the_last_review_of_each(area, clinic):
    other = make_clinic("Puesto de Salud Los Encinos")
    done, partly, _none = (agree(clinic, words, days_ago=95) for words in ("Una", "Dos", "Tres"))
    review(done, "not", days=30)
    review(done, "done", days=90)
    review(partly, "not", days=30)
    review(partly, "partly", days=30, seen=1)
    gone, failed = agree(other, "Una"), agree(other, "Dos")
    let_action_go(gone, why="No.", by=None, now=NOW)
    review(failed, "not")
    figures = plan_figures(type(clinic).objects.all())
    assert [(place and place.name, tuple(count)) for place, count in figures.areas] == [
        (area.name, (1, 1, 1, 1, 0, 1, 0)),
        (None, (1, 1, 0, 0, 1, 0, 1)),
    ]
    assert tuple(figures.total) == (2, 2, 1, 1, 1, 1, 1)
    [first, second] = clinic_plans([clinic, other], now=NOW)
    assert (first.open, tuple(first.count)[2:], first.is_due) == (2, (1, 1, 0, 1, 0), True)
    assert (second.open, tuple(second.count)[2:], second.is_due) == (1, (0, 0, 1, 0, 1), False)
    let_action_go(failed, why="Tampoco.", by=None, now=NOW)
    assert plan_figures(type(clinic).objects.all()).total.planned == 1


def test_the_longest_wait_comes_first_and_says_whom_to_ask_for(clinic):
    other = make_clinic("Puesto")
    agree(clinic, "Una", days_ago=30, post="Farmacia")
    agree(other, "Una", days_ago=35, post="Limpieza")
    agree(other, "Dos", days_ago=91, post="Limpieza")
    due = due_plans(type(clinic).objects.all(), now=NOW)
    assert [(one.clinic, one.days_over, one.posts, one.words) for one in due] == [
        (other, 5, ["Limpieza"], "revisión de los 30 y 90 días de 2 acciones: tocaba hace 5 días"),
        (clinic, 0, ["Farmacia"], "revisión de los 30 días de 1 acción: toca hoy"),
    ]


def test_a_plan_outlives_the_account_of_whoever_wrote_it_and_keeps_no_name(clinic, cohort, trainer, head):
    action = agree(clinic, "Que Irma Noriega vigile la fila", by=head, post="Irma Noriega")
    review(action, "not", words="irma NORIEGA no quiso", by=head)
    delete_person(head, by=trainer, cohort=cohort, now=NOW)
    action.refresh_from_db()
    assert (action.words, action.post, action.made_by) == ("–", "–", None)
    kept = PlanReview.objects.get()
    assert (kept.words, kept.answer, kept.noted_by) == ("–", "not", None)
