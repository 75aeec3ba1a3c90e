"""One of everything that the site holds, and everybody who might try to reach it."""

import random
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from certificates.badges.keys import make_key
from certificates.issuing.issue import issue_certificate
from certificates.models import CorrectionRequest, StatusList
from course.models import Area, Call, CentreHead, Enrolment, Job, Reminder, Session
from course.paper.sheets import hand_out
from course.people.accounts import invite_administrator
from course.people.enrolment import create_join_code
from course.people.identifiers import set_optional_fields
from course.people.roles import ADMINISTRATORS, EDITORS, LEGAL_REVIEWERS, PEER_REVIEWERS
from course.plans.actions import agree_on_action
from course.reminders.confirming import token_for
from course.roster.uploads import bring_list
from modules.models import Edition, LessonPage, ModulePage, TrainingRecord
from quizzes.attempts import taking as attempts
from quizzes.models import LateAnswer, Reason
from quizzes.surveys.wording import wording_in_force
from tests.course.survey.factories import let_answer
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_question,
    make_quiz,
    make_staff,
    make_trainer,
)
from tests.modules.factories import make_voice, take_photo
from tests.modules.media.kept import keep_film, keep_recording
from tests.quizzes.surveys.rows import make_survey

PEOPLE = {
    "N": "nobody is signed in",
    "L": "a learner, whose things they are",
    "K": "a colleague in the same group, who heads the centre",
    "O": "a learner of another group",
    "G": "who left the group",
    "F": "who still has to choose a PIN",
    "C": "whose account was closed meanwhile",
    "T": "the trainer of the group",
    "W": "the trainer of another group of the same clinic",
    "X": "the trainer of a group of another clinic",
    "A": "who leads the health area of the group",
    "B": "who leads another health area",
    "E": "an editor",
    "R": "who reviews as the law asks",
    "P": "who reviews as a peer",
    "M": "an administrator by the role",
    "S": "who installed the site, with every right",
}
SCENE = {
    "identifier": "M1-E1",
    "title": "En el portón",
    "role": "all",
    "warning": "",
    "steps": [
        {
            "name": "inicio",
            "text": "Llega una persona.",
            "choices": [
                {"text": text, "rating": "best", "consequence": "…", "feedback": "…", "next": ""}
                for text in ("Saludar", "Callar")
            ],
        }
    ],
}


@dataclass
class World:
    """The people by letter, and {parameter of an address: value} of the group and of another group."""

    people: dict
    own: dict
    foreign: dict


def make_world(keys_dir, settings):
    settings.CREDENTIAL_KEYS_DIR, settings.MEDIA_ROOT = keys_dir, keys_dir.parent / "media"
    make_key()
    make_course(modules=1, lessons=1, questions=1)
    module = ModulePage.objects.get()
    module.practice = [{"type": "phrase", "value": {"role": "", "moment": "Preguntan", "words": "«No sé»."}}]
    module.save()
    make_lesson(module, 2, body=[("scenario", SCENE)])
    voice = make_voice(audio=b"OggS", audio_type="audio/ogg")
    photo = take_photo()
    recording, film = keep_recording(mp3=None), keep_film(poster=photo)
    quiz = make_quiz(
        "casos",
        [make_question("C-Q1"), make_question("C-Q2", kind="open", choices=[], marking_guide="Saludo")],
        attempts_allowed=5,
    )
    make_survey()
    # Whoever first looks at it freezes its words.
    wording_in_force()
    area, elsewhere = Area.objects.create(name="Área"), Area.objects.create(name="Otra área")
    learner = make_learner(clinic=make_clinic("Centro", area=area))
    colleague = make_learner("EVA222", "Eva", "Tum", role="jefatura", clinic=learner.clinic)
    trainer, other_trainer = make_trainer(), make_trainer("otra")
    cohort = make_cohort(trainers=[trainer], learners=[learner, colleague], clinic=learner.clinic)
    CentreHead.objects.create(clinic=learner.clinic, person=colleague, named_by=trainer)
    gone = make_learner("IDA222", "Ida", "Paz", cohort=cohort, email="ida@ejemplo.gt", confirmed_email="")
    Enrolment.objects.filter(learner=gone).update(left_at=timezone.now())
    other = make_learner("OTR222", "Otilia", "Zet", clinic=make_clinic("Puesto", area=elsewhere))
    other_cohort = make_cohort("Otro grupo", trainers=[other_trainer], learners=[other], clinic=other.clinic)
    neighbour = make_trainer("vecina")
    beside = make_learner("VEC222", "Vera", "Mux", clinic=learner.clinic)
    make_cohort("Grupo vecino", trainers=[neighbour], learners=[beside], clinic=learner.clinic)
    newcomer = make_learner("PIN222", "Pía", "Ixc", cohort=cohort, must_choose_pin=True, email="pia@ejemplo.gt")
    # Whoever has not begun after a month is to be called, whatever day it is.
    newcomer.enrolments.update(enrolled_at=timezone.now() - timedelta(days=30))
    finish_course(colleague)
    people = {
        "N": None,
        "L": learner,
        "K": colleague,
        "O": other,
        "G": gone,
        "F": newcomer,
        "C": make_learner("FIN222", "Fina", "Sis", cohort=cohort),
        "T": trainer,
        "W": neighbour,
        "X": other_trainer,
        "A": make_staff("jefa", is_staff=True),
        "B": make_staff("jefe", is_staff=True),
        "E": make_staff("editora", EDITORS),
        "R": make_staff("jurista", LEGAL_REVIEWERS),
        "P": make_staff("lectora", PEER_REVIEWERS),
        "M": make_staff("administradora", ADMINISTRATORS),
        "S": make_staff("admin", is_staff=True, is_superuser=True),
    }
    set_optional_fields("", "Para avisar de las sesiones.", by=people["S"], now=NOW)
    area.leads.add(people["A"])
    elsewhere.leads.add(people["B"])
    texts = {
        "quiz_key": quiz.translation_key,
        "question_key": quiz.entries.first().question.translation_key,
        "identifier": quiz.identifier,
        "lesson_key": LessonPage.objects.get(slug="1").translation_key,
        "module": "m1",
        "week": 8,
        "days": 30,
        "voice_key": voice.key,
        "photo_key": photo.key,
        "mark": photo.sizes[0]["mark"],
        "width": photo.sizes[0]["width"],
        "ending": "webp",
        "recording_key": recording.key,
        "sound": "opus",
        "film_key": film.key,
        "film_mark": film.digest,
        "lesson": "1",
        "first": 1,
        "scene": SCENE["identifier"],
        "newcomer": newcomer.pk,
        "graduate": colleague.pk,
        "need": "salud",
        "digest": "0" * 64,
        "number": 2,
        "name": "no-esta",
        "path": "no-esta.png",
        "rev": "0" * 16,
    }
    own = texts | things_of(learner, cohort, trainer, quiz)
    foreign = texts | things_of(other, other_cohort, other_trainer, quiz)
    foreign |= {"newcomer": other.pk, "graduate": other.pk}
    # So long ago that the cases of all weeks are there.
    TrainingRecord.objects.update(finished_at=timezone.now() - timedelta(weeks=9))
    once = {"list": StatusList.objects.first().pk, "address_token": token_for(gone)}
    once["word"] = invite_administrator("invitada", now=timezone.now())
    return World(people, own | once, foreign)


@contextmanager
def one_world(keys_dir):
    with override_settings():
        yield make_world(keys_dir, settings)


def things_of(learner, cohort, trainer, quiz):
    now = timezone.now()
    finish_course(learner)
    certificate = issue_certificate(
        learner, printed_name=str(learner), role="recepcion", clinic="Centro", now=NOW, language="es"
    )
    attempt = attempts.start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    open_question = next(item["key"] for item in attempt.snapshot["questions"] if item["kind"] == "open")
    attempts.save_answer(attempt, open_question, "Buenos días", client="p", number=1, given_at=now, now=now)
    attempts.submit_attempt(attempt, now=now)
    under_way = attempts.start_attempt(
        learner, ModulePage.objects.get().quiz, language="es", now=now, chance=random.Random(1)
    )
    exam = make_quiz(f"examen-{cohort.pk}", 1, is_exam=True)
    sent_exam = attempt_quiz(learner, exam, now=now)
    held = LateAnswer.objects.create(
        attempt=attempt,
        question=open_question,
        client="p",
        number=9,
        response="Tarde",
        given_at=now,
        reason=Reason.LATE,
    )
    printed = {
        **{"cohort": cohort, "requested_by": trainer, "language": "es", "params": {"people": [learner.pk]}},
        **{"finished_at": now, "expires_at": now + timedelta(hours=1), "file": b"%PDF", "done": 1, "total": 1},
    }
    batch = Job.objects.create(
        kind="certificates",
        fingerprint="certificates",
        result={
            "certificates": [certificate.serial],
            "left_out": [{"name": learner.surnames_first, "reason": "Le falta un módulo."}],
        },
        **printed | {"params": {"people": [learner.pk], "paper_size": "letter"}},
    )
    Job.objects.create(kind="cards", fingerprint="cards", **printed)
    upload = bring_list(cohort, [["Nombres", "Apellidos"], ["Ana", "Coj"]], name="lista", by=trainer, now=now)
    session = Session.objects.create(cohort=cohort, made_by=trainer, open_until=now + timedelta(hours=1))
    paper_quiz = make_quiz(f"papel-{cohort.pk}", 1)
    [sheet] = hand_out(paper_quiz, [learner], cohort=cohort, by=trainer, now=now, chance=random.Random(1)).sheets
    call = Call.objects.create(cohort=cohort, learner=learner, made_by=trainer, reason="…")
    today = timezone.localdate(now)
    agreed = {"point": None, "post": "Ventanilla", "agreed_on": today, "due_on": today + timedelta(days=90)}
    action = agree_on_action(learner.clinic, words="Bajar la voz.", **agreed, by=trainer, now=now)
    asked = CorrectionRequest.objects.create(
        learner=learner,
        certificate=certificate,
        origin=CorrectionRequest.Origin.OWN,
        requested={"role": "Enfermería"},
        previous={"role": "Recepción"},
        requested_at=now,
    )
    edition = Edition.objects.last()
    let_answer([learner], [None], edition=edition)
    return {
        "edition_pk": edition.pk,
        "wave": "pre",
        "round_pk": learner.clinic.survey_rounds.get().pk,
        "area_pk": learner.clinic.area_id,
        "paper_key": paper_quiz.translation_key,
        "exam_key": exam.translation_key,
        "exam_attempt": sent_exam.pk,
        "under_way": under_way.pk,
        "open_number": 1 + [item["key"] for item in attempt.snapshot["questions"]].index(open_question),
        "reminder_token": Reminder.objects.create(learner=learner, cohort=cohort, sent_at=now).token,
        "join_code": create_join_code(cohort, by=trainer, now=now, chance=random.Random(cohort.pk)),
        "cohort_pk": cohort.pk,
        "learner_pk": learner.pk,
        "clinic_pk": learner.clinic_id,
        "attempt_id": attempt.pk,
        "pk": held.pk,
        "serial": certificate.serial,
        "job_id": batch.pk,
        "lot": 1,
        "call_pk": call.pk,
        "action_key": action.key,
        "key": asked.key,
        "session_pk": session.pk,
        "token": session.token,
        "code": sheet.code,
        "upload_id": upload.pk,
    }


# Addresses that `reverse` cannot make of the values above, and the identifiers of other things than the quiz.
SPECIAL = {
    "course_content": "/es/m1/1/",
    "status_list": "/v/estados/{list}/",
    "wagtail_serve": "/es/una/pagina/que/no/esta/",
    "wagtailcore_authenticate_with_password": "/es/_util/authenticate_with_password/1/1/",
    "printable": "/es/hojas/no-esta/",
    "printable_pdf": "/es/hojas/no-esta.pdf",
}


def address_of(name, parameters, values):
    if name in SPECIAL:
        return SPECIAL[name].format(**values)
    return reverse(name, kwargs={parameter: values[parameter] for parameter in parameters})


@dataclass
class Answer:
    """What somebody got, and the tables that the request wrote into, whether or not it was undone later."""

    response: object
    wrote: set
    seen: object = None

    @property
    def status(self):
        return self.response.status_code

    @property
    def leads_to(self):
        return self.response.url if self.status in (301, 302, 303, 307, 308) else ""


class Everyone:
    """Browsers in which each of the people is signed in; nothing that a request does stays."""

    def __init__(self, people, *, raises=True, checks_forgery=False):
        # One, for each would put all of the middleware together anew.
        self._client = Client(raise_request_exception=raises, enforce_csrf_checks=checks_forgery)
        self._cookies = {who: _sign_in(person) for who, person in people.items()}
        # Closed while they were signed in: their session is still there.
        type(people["C"]).objects.filter(pk=people["C"].pk).update(is_active=False)

    def ask(self, who, method, address, body=None, *, look=None, **request):
        self._client.cookies = SimpleCookie(self._cookies[who])
        # What one of them tried often counts for nobody else.
        cache.clear()
        with transaction.atomic(), writes() as wrote:
            response = getattr(self._client, method)(address, body, **request)
            # What is streamed is read while the database stands as it was asked.
            response.getvalue()
            seen = look and look()
            transaction.set_rollback(True)
        return Answer(response, wrote, seen)


def _sign_in(person):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client.cookies.output(header="", sep=";")


_WRITING = re.compile(r'\s*(INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
# What a visit leaves behind, whatever came of it: its session, and how often somebody tried to guess.
NOT_OURS = {"django_session", "course_budget", "course_refusal"}


@contextmanager
def writes():
    tables = set()

    def look(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        found = _WRITING.match(sql)
        # A row that is brought is one; how many were changed or deleted the database says.
        if found and found[2] not in NOT_OURS and (found[1].upper().startswith("INSERT") or context["cursor"].rowcount):
            tables.add(found[2])
        return result

    with connection.execute_wrapper(look):
        yield tables
