"""Demo people, groups, progress, plan and survey answers."""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from certificates.issuing.issue import issue_certificate
from course.models import Clinic, Cohort, PlanReview, Role, Wave
from course.people.enrolment import create_cohort, enrol_and_log
from course.people.pins import keep_starting_pin
from course.people.roles import ADMINISTRATORS, EDITORS, LEGAL_REVIEWERS, PEER_REVIEWERS, TRAINERS, ensure_groups
from course.plans.access import name_head
from course.plans.actions import Reviewed, agree_on_action, keep_reviews
from course.plans.forms import checklist_points
from course.plans.reading import plan_of
from course.survey.closing import close_clinic
from course.survey.passing import put_in
from course.survey.rounds import locked_round
from modules.models import Edition, LessonPage
from modules.progress.events import mark_lesson_read
from modules.progress.outline import course_outline
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.kinds import get_kind
from quizzes.models import Quiz
from quizzes.surveys.reading import ANSWER, blocks_in, scale_of
from quizzes.surveys.wording import wording_in_force

from .practice import make_practice

# (number on the checklist, text if the site has no checklist, responsible post)
ACTIONS = [
    (3, "Una tarjeta para señalar el servicio, sin decir el motivo en voz alta.", "Ventanilla"),
    (20, "Revisión mensual del kit, con dos firmas.", "Farmacia"),
]
AGREED_DAYS_AGO = 34


def make_plan(clinic, *, head, trainer, now):
    then = now - timedelta(days=AGREED_DAYS_AGO)
    name_head(clinic, head, by=trainer, now=then)
    agreed_on = timezone.localdate(then)
    words = {number: point for group in checklist_points("es") for number, point in group.points}
    for number, own_words, post in ACTIONS:
        agree_on_action(
            clinic,
            words=words.get(number, own_words),
            point=number if number in words else None,
            post=post,
            due_on=agreed_on + timedelta(days=75),
            agreed_on=agreed_on,
            by=head,
            now=then,
        )
    first = plan_of(clinic, now=now).open[0].action
    said = Reviewed(
        first,
        30,
        PlanReview.Answer.PARTLY,
        (PlanReview.Obstacle.SUPPLIES.value,),
        "La tarjeta está lista; falta imprimirla para las dos ventanillas.",
        0,
    )
    keep_reviews(clinic, [said], by=trainer, now=now - timedelta(days=3))


# (people, days since closing, attitude from 0 to 1)
WAVES = {Wave.PRE: (26, 130, 0.0), Wave.POST: (23, 100, 0.8), Wave.SEG: (21, 4, 0.6)}


@transaction.atomic
def make_survey(admin, *, now):
    wording, edition = wording_in_force(), Edition.objects.order_by("number").last()
    if wording is None or edition is None:
        return
    clinic = Clinic.objects.get_or_create(
        name="Centro de Salud de Palencia", municipality="Palencia", department="Guatemala"
    )[0]
    for wave, (people, days_ago, way) in WAVES.items():
        chance = random.Random(wave)  # noqa: S311 - the same answers every time
        round_ = locked_round(clinic, edition, wave, wording=wording)
        for number in range(people):
            put_in(round_, _sheet(wording.contents, wave, way, chance, clinical=number % 2 == 0))
        close_clinic(clinic, edition, wave, by=admin, now=now - timedelta(days=days_ago))


def _sheet(contents, wave, way, chance, *, clinical):
    sheet = {"F1": "1" if clinical else "2", "F2": chance.choice("122")}
    for block in blocks_in(contents, wave):
        for item in block["items"]:
            codes = [one["code"] for one in scale_of(contents, block, item) if one["kind"] == ANSWER]
            if item["id"] not in sheet and codes:
                # On attitude scales the better answer comes first, on scales of what was seen last.
                begins_well = (item["direction"] == "+") != (block["scoring"] == "seen")
                sheet[item["id"]] = _answer(codes, begins_well, way, chance)
    return sheet


def _answer(codes, begins_well, way, chance):
    place = chance.gauss(0.45 - 0.25 * way, 0.22)
    place = place if begins_well else 1 - place
    return codes[min(len(codes) - 1, max(0, int(place * len(codes))))]


LEARNER, LEARNER_PIN = "ANA234", "482913"
NEWCOMER, CARD_PIN = "LUZ567", "314159"
HEAD = "IRM264"
STAFF_PASSWORD = "cuatro-volcanes-y-un-lago"  # noqa: S105 - a demo password is no secret; production refuses demo people


ALL = 99


@dataclass(frozen=True)
class DemoLearner:
    """`modules` finished; `lessons` read and `failed` attempts in the next one; `days_ago` of the last activity."""

    code: str
    first_name: str
    last_name: str
    role: Role | str
    modules: int = 0
    lessons: int = 0
    failed: int = 0
    days_ago: int = 0
    certificate: bool = False
    afternoon: bool = False


LEARNERS = [
    DemoLearner(LEARNER, "Ana Lucía", "Coj de la Cruz", Role.FRONT_DESK),
    DemoLearner(NEWCOMER, "Luz Marina", "Ixcot Pérez", ""),
    DemoLearner("BEA342", "Beatriz", "Ñáñez Solís", Role.CLINICAL, modules=ALL, days_ago=3, certificate=True),
    DemoLearner("CAR783", "Carlos Enrique", "López y López", Role.SUPPORT, modules=ALL, days_ago=5, certificate=True),
    DemoLearner("DOR294", "Dora Alicia", "de León Barrios", Role.LAB_PHARMACY, 1, lessons=5, failed=2, days_ago=2),
    DemoLearner("EDG526", "Édgar", "Ajú Xicará", Role.SUPPORT, modules=1, lessons=2, days_ago=1),
    DemoLearner("FLO837", "Florinda", "Navarro Nájera", Role.CLINICAL, modules=1, lessons=1, days_ago=19),
    DemoLearner("GLO482", "Gloria Esperanza", "Tzoc Güitz", Role.FRONT_DESK, lessons=3, days_ago=4),
    DemoLearner("HEC935", "Héctor Rolando", "de la Cruz Méndez", Role.SUPPORT),
    DemoLearner(HEAD, "Irma Yolanda", "Noriega Nuñez", Role.MANAGEMENT, modules=ALL, days_ago=8, certificate=True),
    DemoLearner("JUA573", "Juan José", "Núñez Chávez", Role.LAB_PHARMACY, modules=ALL, days_ago=1),
    DemoLearner("KAR846", "Karla Patricia", "Ochoa Álvarez", Role.CLINICAL, lessons=5, failed=1, days_ago=6),
    DemoLearner("MAR395", "María del Carmen", "Pop Sicán", Role.FRONT_DESK, modules=1, days_ago=7, afternoon=True),
    DemoLearner("NIC628", "Nicolás", "Quiej Zapeta", Role.SUPPORT, lessons=1, days_ago=16, afternoon=True),
    DemoLearner("OFE752", "Ofelia", "Raxón Mús", Role.CLINICAL, ALL, days_ago=2, certificate=True, afternoon=True),
]


def make_demo_people(*, now):
    """Create the demo data and return True; if it exists, only renew the card PIN and return False."""
    if get_user_model().objects.filter(is_demo=True).exists():
        renew_newcomer_card(now=now)
        return False
    with transaction.atomic():
        cohorts = make_cohorts(now=now)
        learners = [(who, make_learner(who, cohorts[who.afternoon], now=now)) for who in LEARNERS]
        enrol_learners(learners, cohorts, since=now - timedelta(days=30))
    for who, learner in learners:
        take_course(who, learner, now=now)
    trainer = get_user_model().objects.get(username="facilitadora")
    make_practice(trainer, now=now)
    make_plan(cohorts[0].clinic, head=get_user_model().objects.get(username=HEAD), trainer=trainer, now=now)
    make_survey(get_user_model().objects.get(username="admin"), now=now)
    return True


def make_cohorts(*, now):
    groups = ensure_groups()
    centre = Clinic.objects.get_or_create(
        name="Centro de Salud de San Pedro Ayampuc", municipality="San Pedro Ayampuc", department="Guatemala"
    )[0]
    post = Clinic.objects.get_or_create(
        name="Puesto de Salud Los Encinos", municipality="San Pedro Ayampuc", department="Guatemala"
    )[0]
    trainer = make_staff("facilitadora", "Marta Elena", "Xicay Ordóñez", groups[TRAINERS])
    make_staff("editora", "Sofía", "Batz Guzmán", groups[EDITORS])
    make_staff("abogada", "Ana Isabel", "Coj Tzul", groups[LEGAL_REVIEWERS])
    make_staff("revisora", "Organización", "revisora", groups[PEER_REVIEWERS])
    make_staff("admin", "Administración", "del sitio", groups[ADMINISTRATORS], is_superuser=True)
    begun = (now - timedelta(days=40)).date()
    morning = Cohort(name="San Pedro Ayampuc, mañana", clinic=centre, opens_on=begun)
    afternoon = Cohort(name="Los Encinos, tarde", clinic=post, opens_on=begun)
    made = now - timedelta(days=30)
    return [create_cohort(cohort, trainers=[trainer], by=trainer, now=made) for cohort in (morning, afternoon)]


def make_staff(code, first_name, last_name, group, **fields):
    person = get_user_model()(
        username=code, first_name=first_name, last_name=last_name, is_staff=True, is_demo=True, **fields
    )
    person.set_password(STAFF_PASSWORD)
    person.save()
    person.groups.add(group)
    return person


def make_learner(who, cohort, *, now):
    learner = get_user_model()(
        username=who.code,
        first_name=who.first_name,
        last_name=who.last_name,
        role=who.role,
        clinic=cohort.clinic,
        is_demo=True,
    )
    # Hashing a PIN takes 0.2 s; only accounts that sign in need one.
    if who.code == LEARNER:
        learner.set_password(LEARNER_PIN)
    else:
        learner.set_unusable_password()
    learner.save()
    if who.code == NEWCOMER:
        keep_starting_pin(learner, CARD_PIN, expires_at=now + timedelta(days=365))
    return learner


def renew_newcomer_card(*, now):
    """Restore the newcomer's card PIN, if it is unused but missing, as after a change of the secret key."""
    waiting = get_user_model().objects.filter(username=NEWCOMER, is_demo=True, must_choose_pin=True, starting_pin=None)
    for newcomer in waiting:
        keep_starting_pin(newcomer, CARD_PIN, expires_at=now + timedelta(days=365))


def enrol_learners(learners, cohorts, *, since):
    trainer = get_user_model().objects.get(username="facilitadora")
    for afternoon, cohort in enumerate(cohorts):
        enrol_and_log(
            cohort, [learner for who, learner in learners if who.afternoon == afternoon], by=trainer, now=since
        )


def take_course(who, learner, *, now):
    then = now - timedelta(days=who.days_ago)
    chance = random.Random(who.code)  # noqa: S311 - the same people every time
    outline = course_outline()
    for module in outline[: who.modules]:
        read_lessons(learner, module.lessons, now=then)
        take_quiz(learner, module.quiz_key, now=then, chance=chance, right=True)
    for module in outline[who.modules : who.modules + 1]:
        read_lessons(learner, module.lessons[: who.lessons], now=then)
        for _try in range(who.failed):
            take_quiz(learner, module.quiz_key, now=then, chance=chance, right=False)
    if who.certificate and outline:
        issue_certificate(
            learner, printed_name=str(learner), role=learner.role, clinic=str(learner.clinic), now=then, language="es"
        )


def read_lessons(learner, lessons, *, now):
    for page in LessonPage.objects.filter(translation_key__in=[lesson.key for lesson in lessons]):
        mark_lesson_read(learner, page, now=now)


def take_quiz(learner, quiz_key, *, now, chance, right):
    quiz = Quiz.objects.filter(translation_key=quiz_key, live=True).first()
    if quiz is None:
        return
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=chance)
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        kind = get_kind(item)
        if kind.scored and (right or number % 2):
            response = kind.right_response(item)
            save_answer(attempt, item["key"], response, client="demo", number=number, given_at=now, now=now)
    submit_attempt(attempt, now=now)


def demo_accounts():
    """Return [(Spanish label, English label, code, PIN or password)]."""
    return [
        ("participante", "learner", LEARNER, LEARNER_PIN),
        ("participante nueva, con tarjeta", "new learner, with a card", NEWCOMER, CARD_PIN),
        ("facilitadora", "trainer", "facilitadora", STAFF_PASSWORD),
        ("editora", "editor", "editora", STAFF_PASSWORD),
        ("revisora legal", "legal reviewer", "abogada", STAFF_PASSWORD),
        ("revisora par", "peer reviewer", "revisora", STAFF_PASSWORD),
        ("administración", "administrator", "admin", STAFF_PASSWORD),
    ]
