"""Every page of the trainer's desk, for the pictures: by the name of its address, with something on it and empty."""

TRAINER, ADMINISTRATOR = "facilitadora", "admin"
OF_THE_DESK = [
    "desk_cohorts",
    "desk_marking",
    "desk_pile",
    "desk_mark_answer",
    "desk_held",
    "desk_corrections",
    "desk_summary",
    "desk_training",
    "desk_report",
    "desk_certificates",
    "desk_attendances",
    "desk_all_audit",
    "desk_slips",
    "desk_reminders",
    "desk_find_people",
    "desk_add_person",
    "desk_new_group",
    "desk_new_clinic",
    "desk_plans",
    "desk_survey",
    "desk_survey_results",
]
OF_A_GROUP = [
    "desk_cohort",
    "desk_activities",
    "desk_roster",
    "desk_archive",
    "desk_cards",
    "desk_sessions",
    "desk_papers",
    "desk_paper",
    "desk_entry",
    "desk_cohort_certificates",
    "desk_change_group",
    "desk_hand_over",
    "desk_call_rules",
    "desk_begin_anew",
    "desk_audit",
]
OF_A_PERSON = [
    "desk_person",
    "desk_change_person",
    "desk_address",
    "desk_new_pin",
    "desk_leave",
    "desk_merge",
    "desk_delete_person",
    "desk_allow",
    "desk_correct_certificate",
    "desk_revoke_certificate",
    "desk_begin_person_anew",
]
# A session, a list that was brought, and what the worker makes.
OF_A_THING = [
    "desk_session",
    "desk_session_change",
    "desk_session_delete",
    "desk_add_to_session",
    "desk_wall",
    "desk_stage",
    "desk_scene",
    "desk_roster_plan",
    "desk_job",
]
OF_A_CENTRE = [
    "desk_plan",
    "desk_plan_new",
    "desk_plan_heads",
    "desk_plan_review",
    "desk_plan_correct",
    "desk_plan_let_go",
    "desk_survey_paper",
    "desk_survey_key",
]
OF_AN_AREA = [
    "desk_places",
    "desk_change_clinic",
    "desk_find_certificates",
    "desk_refusals",
    "desk_asked",
    "desk_job_titles",
    "desk_health",
    "desk_survey_close_clinic",
    "desk_survey_close_area",
    "desk_survey_package",
]
PAGES = [*OF_THE_DESK, *OF_A_GROUP, *OF_A_PERSON, *OF_A_THING, *OF_A_CENTRE]
SCREENS = [
    *((name, TRAINER, f"{{{name}}}") for name in PAGES),
    *((f"{name}-empty", TRAINER, f"{{{name}_empty}}") for name in OF_A_GROUP),
    *((name, ADMINISTRATOR, f"{{{name}}}") for name in OF_AN_AREA),
]


def desk_addresses():
    """Put something on each page of the desk; return {name of a screen: its address}, in the language of the site."""
    from django.urls import get_resolver, reverse

    values = {**_people_and_quizzes(), **_things()}
    empty = values | {"cohort_pk": _group_without_people().pk}

    def address(name, values):
        parameters = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
        return reverse(name, kwargs={parameter: values[parameter] for parameter in parameters})

    return {
        **{name: address(name, values) for name in [*PAGES, *OF_AN_AREA]},
        **{f"{name}_empty": address(name, empty) for name in OF_A_GROUP},
    }


def _group():
    from course.models import Cohort

    return Cohort.objects.get(name__startswith="San Pedro")


def _trainer():
    from course.models import User

    return User.objects.get(username=TRAINER)


def _group_without_people():
    from course.models import Cohort

    cohort = Cohort.objects.create(name="Grupo sin personas", clinic=_group().clinic)
    cohort.trainers.add(_trainer())
    return cohort


def _people_and_quizzes():
    """Give the practice quiz a limit, and sheets to some; return the parameters that name people and quizzes."""
    import random

    from django.utils import timezone

    from certificates.models import Certificate
    from course.demo.practice import PRACTICE
    from course.paper.sheets import hand_out
    from course.people.cohorts import learners_of
    from quizzes.models import Attempt, Quiz

    cohort, quiz = _group(), Quiz.objects.get(identifier=PRACTICE, locale__language_code="es")
    Quiz.objects.filter(pk=quiz.pk).update(time_limit=20, attempts_allowed=3)
    waiting = Attempt.objects.filter(quiz_key=quiz.translation_key, learner__username="BEA342").first()
    kinds = [item["kind"] for item in waiting.snapshot["questions"]]
    hand_out(
        quiz,
        learners_of(cohort)[:5],
        cohort=cohort,
        by=_trainer(),
        now=timezone.now(),
        chance=random.Random(1),
    )
    return {
        "cohort_pk": cohort.pk,
        "clinic_pk": cohort.clinic_id,
        **_round_of(cohort),
        # The demo's plan has two of them.
        "action_key": cohort.clinic.plan_actions.first().key,
        "days": 30,
        "learner_pk": cohort.learners.get(username="DOR294").pk,
        "quiz_key": quiz.translation_key,
        "attempt_id": waiting.pk,
        "number": kinds.index("open") + 1,
        "serial": Certificate.objects.get(learner=waiting.learner_id).serial,
    }


def _round_of(cohort):
    """Let two people pass the page of the survey; return the parameters that name the wave."""
    from course.survey.passing import pass_page
    from modules.models import Edition
    from quizzes.surveys.wording import wording_in_force

    edition = Edition.objects.last()
    for person in cohort.learners.all()[:2]:
        pass_page(person, edition, "pre", None, wording=wording_in_force())
    return {"edition_pk": edition.pk, "wave": "pre", "area_pk": cohort.clinic.area_id or 0}


def _things():
    """Make a session, bring a list, ask for what the worker makes; return the parameters that name them."""
    from django.utils import timezone

    from course.models import Job, Session
    from course.roster.uploads import bring_list
    from course.sessions.attendance import keep_attendance, open_door
    from course.sessions.scenes import scenes_for
    from modules.progress.outline import course_outline

    cohort, trainer, now = _group(), _trainer(), timezone.now()
    modules = [str(module.key) for module in course_outline()[:2]]
    people = list(cohort.learners.values_list("pk", flat=True))
    session = Session.objects.create(cohort=cohort, made_by=trainer, place="Salón comunal", modules=modules)
    keep_attendance(session, set(people[:6]), shown=set(people), by=trainer, now=now)
    open_door(session, now=now)
    rows = [
        ["Apellidos", "Nombres", "Puesto", "Centro"],
        ["Tol Cua", "Pedro", "Guardián", "Puesto de Salud Nuevo"],
        ["Coj de la Cruz", "Ana Lucía", "Secretaria", ""],
        ["", "", "Enfermera", ""],
    ]
    job = Job.objects.create(
        **{"kind": "certificates", "cohort": cohort, "requested_by": trainer, "language": "es"},
        **{"params": {"people": people}, "total": len(people), "done": 4, "started_at": now},
    )
    return {
        "session_pk": session.pk,
        "identifier": scenes_for(session)[0].identifier,
        "upload_id": bring_list(cohort, rows, name="personal.xlsx", by=trainer, now=now).pk,
        "job_id": job.pk,
    }
