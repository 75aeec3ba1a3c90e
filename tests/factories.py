"""Plain functions that build what a test needs, through the same doors as the site."""

import functools
import operator
import random
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F, Q
from wagtail.models import Locale, Page, Site

from course.models import Clinic, Cohort, Enrolment
from modules.models import CoursePage, LessonPage, LessonRead, ModulePage
from modules.progress.editions import registrations_of
from modules.progress.events import mark_lesson_read
from modules.progress.following import changing_much, course_changed
from modules.progress.training_record import record_finished
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.base.identifiers import stable_key
from quizzes.models import Choice, Competency, Question, Quiz, QuizQuestion, Stimulus

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
PIN = "482913"
PASSWORD = "una-frase-larga-de-prueba"
WELCOME = "home"


def spanish():
    return Locale.objects.get(language_code="es")


def make_clinic(name="Centro de Salud de San Pedro Ayampuc", **fields):
    return Clinic.objects.get_or_create(name=name, **fields)[0]


def make_learner(
    code="ANA234",
    first_name="Ana Lucía",
    last_name="Coj de la Cruz",
    role="recepcion",
    clinic=None,
    cohort=None,
    **fields,
):
    # Whoever has an address has confirmed it, unless a test is about that.
    fields.setdefault("confirmed_email", fields.get("email", ""))
    learner = get_user_model()(
        username=code, first_name=first_name, last_name=last_name, role=role, clinic=clinic, **fields
    )
    learner.set_password(PIN)
    learner.save()
    if cohort:
        enrol(learner, cohort)
    return learner


def make_staff(code, group=None, first_name="Elena", last_name="Xicará", **fields):
    # Whoever gets a role later has to choose a password first; who has one from the start is staff already.
    fields.setdefault("is_staff", group is not None)
    person = get_user_model()(username=code, first_name=first_name, last_name=last_name, **fields)
    person.set_password(PASSWORD)
    person.save()
    if group:
        # They are there since the migrations: to look whether they may all that they may took a twentieth of all time.
        person.groups.add(Group.objects.get(name=group))
    return person


def make_trainer(code="facilitadora", first_name="Marta", last_name="Ajú Ñáñez", **fields):
    fields.setdefault("is_staff", True)
    return make_staff(code, first_name=first_name, last_name=last_name, **fields)


def make_cohort(name="Grupo de la mañana", trainers=(), learners=(), **fields):
    cohort = Cohort.objects.create(name=name, opens_on=fields.pop("opens_on", NOW.date().replace(month=1)), **fields)
    cohort.trainers.add(*trainers)
    for learner in learners:
        enrol(learner, cohort)
    return cohort


def enrol(learner, cohort):
    return Enrolment.objects.create(learner=learner, cohort=cohort, enrolled_at=NOW)


def make_question(identifier="M1-Q1", kind="single", choices=None, **fields):
    question = _new_question(identifier, kind, choices, **fields)
    question.save()
    return question


def _new_question(identifier, kind="single", choices=None, **fields):
    question = Question(
        identifier=identifier,
        kind=kind,
        text=fields.pop("text", f"¿Qué corresponde en {identifier}?"),
        feedback=fields.pop("feedback", "La retroalimentación general."),
        locale=fields.pop("locale", None) or spanish(),
        translation_key=stable_key(identifier),
        **fields,
    )
    if choices is None:
        choices = [
            {"identifier": "a", "text": "Saludar", "is_correct": True, "feedback": "Así se recibe a toda persona."},
            {"identifier": "b", "text": "Callar", "feedback": "El silencio se entiende como permiso."},
            {"identifier": "c", "text": "Preguntar en voz alta", "feedback": "La pregunta expone."},
        ]
    question.choices = [
        Choice(
            sort_order=order,
            locale=question.locale,
            translation_key=stable_key(f"{identifier}/{choice['identifier']}"),
            **choice,
        )
        for order, choice in enumerate(choices)
    ]
    return question


def _save_at_once(questions):
    Question.objects.bulk_create(questions)
    for question in questions:
        for choice in question.choices.all():
            choice.question = question
    Choice.objects.bulk_create([choice for question in questions for choice in question.choices.all()])


def make_act(identifier="M1-C1", text="Saluda igual a toda persona", **fields):
    key = stable_key(f"act:{identifier}")
    fields.setdefault("is_core", "-C" in identifier)
    return Competency.objects.create(identifier=identifier, text=text, locale=spanish(), translation_key=key, **fields)


def make_case(identifier="M1-C1", questions=2, *, topic=None, **fields):
    case = Stimulus(
        identifier=identifier,
        title=fields.pop("title", "En la puerta"),
        text=fields.pop("text", "Una señora llega con su hija y pregunta por la consulta."),
        locale=spanish(),
        translation_key=stable_key(f"case:{identifier}"),
        **fields,
    )
    case.save()
    if isinstance(questions, int):
        questions = [make_question(f"{identifier}-{n}", topic=topic) for n in range(1, questions + 1)]
    for place, question in enumerate(questions, start=1):
        question.case, question.case_place = case, place
        question.save()
    return case


def make_quiz(identifier="m1", questions=5, **fields):
    if isinstance(questions, int):
        questions = _new_questions(identifier, questions)
        _save_at_once(questions)
    quiz = _new_quiz(identifier, **fields)
    quiz.entries = [_entry(quiz, order, question) for order, question in enumerate(questions)]
    quiz.save()
    return quiz


def _new_questions(identifier, count):
    locale = spanish()
    return [_new_question(f"{identifier.upper()}-Q{n}", locale=locale) for n in range(1, count + 1)]


def _new_quiz(identifier, **fields):
    return Quiz(
        identifier=identifier,
        title=fields.pop("title", f"Cuestionario {identifier}"),
        locale=spanish(),
        translation_key=stable_key(f"quiz:{identifier.upper()}"),
        **fields,
    )


def _entry(quiz, order, question):
    key = stable_key(f"{quiz.identifier}:{order}")
    return QuizQuestion(quiz=quiz, question=question, sort_order=order, locale=quiz.locale, translation_key=key)


def _make_quizzes(identifiers, count):
    questions = {identifier: _new_questions(identifier, count) for identifier in identifiers}
    _save_at_once([question for of_quiz in questions.values() for question in of_quiz])
    quizzes = [_new_quiz(identifier) for identifier in identifiers]
    Quiz.objects.bulk_create(quizzes)
    QuizQuestion.objects.bulk_create(
        [_entry(quiz, order, one) for quiz in quizzes for order, one in enumerate(questions[quiz.identifier])]
    )
    return quizzes


def make_course(modules=2, lessons=2, quiz=True, questions=3):
    locale = spanish()
    root = Page.get_first_root_node()
    pages = list(root.get_children())
    numbers = range(1, modules + 1)
    # One edition at the end, as where the whole text is loaded.
    with changing_much():
        for page in pages:
            if page.slug != WELCOME:
                page.delete()
        course = root.add_child(
            instance=CoursePage(title="Trato digno", slug="curso", locale=locale, translation_key=stable_key("COURSE"))
        )
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={"hostname": "localhost", "port": 8000, "root_page": course, "site_name": "Trato digno"},
        )
        Site.clear_site_root_paths_cache()
        if any(page.slug == WELCOME for page in pages):
            _take_welcome_page_away(root)
        quizzes = _make_quizzes([f"m{number}" for number in numbers], questions) if quiz else [None] * modules
        children = [_new_module(course, *one) for one in zip(numbers, quizzes, strict=True)]
        _add_at_once({course: children})
        _add_at_once({module: [_new_lesson(module, n) for n in range(1, lessons + 1)] for module in children})
        course_changed()
    return course


def _add_at_once(children):
    for parent, pages in children.items():
        for place, page in enumerate(pages, start=1):
            page.depth = parent.depth + 1
            page.path = Page._get_path(parent.path, page.depth, place)
            page.url_path = f"{parent.url_path}{page.slug}/"
            page.draft_title = page.title
        parent.numchild = len(pages)
        Page.objects.filter(pk=parent.pk).update(numchild=len(pages))
    new = [page for pages in children.values() for page in pages]
    columns = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
    general = Page.objects.bulk_create([Page(**{name: getattr(page, name) for name in columns}) for page in new])
    for page, one in zip(new, general, strict=True):
        page.pk = page.id = one.pk
        page.save_base(raw=True, force_insert=True)


def _take_welcome_page_away(root):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM wagtailcore_page WHERE depth = 2 AND slug = %s", [WELCOME])
    Page.objects.filter(pk=root.pk).update(numchild=F("numchild") - 1)


def make_module(course, number, *, lessons=2, quiz=True, questions=3):
    made = make_quiz(f"m{number}", questions) if quiz else None
    module = course.add_child(instance=_new_module(course, number, made))
    for n in range(1, lessons + 1):
        make_lesson(module, n)
    return module


def _new_module(course, number, quiz):
    return ModulePage(
        title=f"Módulo de prueba {number}",
        slug=f"m{number}",
        number=number,
        locale=course.locale,
        translation_key=stable_key(f"M{number}"),
        quiz=quiz,
    )


def make_lesson(module, number, body=None):
    return module.add_child(instance=_new_lesson(module, number, body))


def _new_lesson(module, number, body=None):
    body = body or [("text", f"<p>Texto de la lección {number} [S42].</p>"), ("key_message", "Un saludo también cura.")]
    return LessonPage(
        title=f"Lección {number}",
        slug=str(number),
        locale=module.locale,
        translation_key=stable_key(f"M{module.number}-L{number}"),
        body=body,
    )


def finish_lessons(learner, module, now=NOW):
    for lesson in module.get_children().specific():
        mark_lesson_read(learner, lesson, now=now)


def attempt_quiz(learner, quiz, *, right=True, now=NOW):
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    keys = [item["key"] for item in attempt.snapshot["questions"]]
    asked = Question.objects.filter(translation_key__in=keys, locale=quiz.locale_id).prefetch_related("choices")
    asked = {str(question.translation_key): question for question in asked}
    for item in attempt.snapshot["questions"]:
        key = next(str(c.translation_key) for c in asked[item["key"]].choices.all() if c.is_correct == right)
        save_answer(attempt, item["key"], key, client="test", number=1, given_at=now, now=now)
    return submit_attempt(attempt, now=now)


def pass_quiz(learner, quiz, now=NOW):
    return attempt_quiz(learner, quiz, right=True, now=now)


def finish_module(learner, module, now=NOW):
    _do_modules(learner, [module], now=now)
    # As is done when an attempt is committed, which nothing is in a test.
    record_finished([learner], now=now)


def is_unfinished(module):
    return not module.is_finished


def finish_course(learner, now=NOW):
    _do_modules(learner, ModulePage.objects.live(), now=now)
    record_finished([learner], now=now)


def _do_modules(learner, modules, *, now):
    _read_at_once(learner, modules, now=now)
    for module in modules:
        if module.quiz:
            pass_quiz(learner, module.quiz, now=now)


def _read_at_once(learner, modules, *, now):
    registration = registrations_of([learner]).get(learner.pk)
    if registration and registration.counts_from:
        for module in modules:
            finish_lessons(learner, module, now=now)
        return
    under = (Q(path__startswith=module.path, depth=module.depth + 1) for module in modules)
    lessons = LessonPage.objects.filter(functools.reduce(operator.or_, under, Q(pk=None)))
    keys = lessons.values_list("translation_key", flat=True)
    facts = [LessonRead(learner=learner, lesson_key=key, read_at=now) for key in keys]
    LessonRead.objects.bulk_create(facts, ignore_conflicts=True)
