"""What a form of the site sends when it succeeds: fields, or a function of `tests.everyone.World` and a letter."""

import json
import random
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from certificates.models import Certificate, CorrectionRequest
from course.models import Cohort, JobTitle, RosterUpload, User
from course.paper.lettering import on_sheet
from course.people.restarts import preview_restart
from course.roster.importing import plan_fingerprint
from course.roster.uploads import plan_of
from modules.models import Edition
from modules.progress.outline import course_outline
from quizzes.models import Attempt
from tests.factories import PASSWORD, PIN
from tests.offline.devices import fact_answer, sealed
from tests.survey_factories import make_lot

NEW = "739152"
LUZ = {"given_names": "Luz", "surnames": "Ixcot", "otra": "1"}


def pin_of(who):
    return PIN if who in "LKOGFC" else PASSWORD


def begun_anew(letter=None):
    def fields(world, who):
        now, cohort = timezone.now(), Cohort.objects.get(pk=world.own["cohort_pk"])
        begin = {"name": "Repaso", "since": timezone.localdate(now), "modules": [str(course_outline()[0].key)]}
        learner = User.objects.get(pk=world.own["learner_pk"]) if letter else None
        return begin | {"shown": preview_restart(cohort, learner=learner, **begin, now=now).digest}

    return fields


def new_pin(world, who):
    new = NEW if who in "LKOGFC" else "un-volcan-tras-otro-volcan"
    return {"present": pin_of(who), "new": new, "again": new}


def counted_edition(world, who):
    edition = Edition.objects.get(pk=world.own["edition_pk"])
    for _lot in range(3):
        make_lot("post", 10, chance=random.Random(1), edition=edition)
    return {"edicion": edition.key}


def confirmed_list(world, who):
    shown = plan_fingerprint(plan_of(RosterUpload.objects.get(pk=world.own["upload_id"])))
    return {"action": "confirm", "shown": shown}


def learned_title(world, who):
    title, _made = JobTitle.objects.get_or_create(title="Astronauta", defaults={"role": "apoyo"})
    return {"title": title.pk}


def typed_sheet(world, who):
    attempt = Attempt.objects.get(paper_sheet__code=world.own["code"])
    return {f"r{question.number}": question.options[0][0] for question in on_sheet(attempt.snapshot)}


def keyed_sheets(world, who):
    collected = world.people["T" if who != "T" else "L"].pk
    return {"hojas": "1", "collected_by": collected, "given_to": [world.people["K"].pk], "h1-Q": "-"}


def first_answer(world, who):
    item = Attempt.objects.get(pk=world.own["under_way"]).snapshot["questions"][0]
    return {"question": item["key"], "choice": item["options"][0]["key"], "go": "next"}


def quiz_under_way(world, who):
    return {"quiz": str(Attempt.objects.get(pk=world.own["under_way"]).quiz_key)}


def answers_by_script(world, who):
    given = first_answer(world, who)
    return [{"question": given["question"], "response": given["choice"], "client": "p", "number": 1}]


def delivered_answer(world, who):
    now, attempt = timezone.now(), Attempt.objects.get(pk=world.own["under_way"])
    fact = fact_answer(attempt.learner, attempt.pk, first_answer(world, who), now)
    return json.dumps({"sent_at": now.isoformat(), "facts": [sealed(fact)]})


def pdf_of_certificate(world, who):
    content = bytes(Certificate.objects.get(serial=world.own["serial"]).pdf)
    return {"pdf": SimpleUploadedFile("c.pdf", content), "code": world.own["serial"]}


def group_fields(world, who):
    trainer = world.people[who if who in "WXAB" else "T"]
    return {"name": "Otro nombre", "opens_on": "2026-01-01", "trainers": trainer.pk}


def of_people(*letters, name="persona", **fields):
    return lambda world, who: {name: [world.people[one].pk for one in letters]} | fields


def code_of(letter):
    return lambda world, who: {"code": world.people[letter].username}


def place(world, who):
    return {"name": "Puesto de Salud Los Encinos", "area": Cohort.objects.get(pk=world.own["cohort_pk"]).clinic.area_id}


def printed(letter, **fields):
    def named(world, who):
        person = world.people[letter]
        return {"given_names": person.first_name, "surnames": person.last_name, **fields}

    return named


def new_action(world, who):
    today = timezone.localdate()
    days = {"agreed_on": today.isoformat(), "due_on": (today + timedelta(days=90)).isoformat()}
    return {"words": "Rótulo de trato igual en la entrada.", "post": "Recepción"} | days


def reviewed_action(world, who):
    prefix = f"{world.own['action_key']}-30-"
    said = {"seen": "0", "answer": "partly", "obstacles": "time", "words": "Falta papel."}
    return {f"{prefix}{name}": value for name, value in said.items()}


def declined(world, who):
    asked = CorrectionRequest.objects.get(key=world.own["key"])
    return {"decision": "decline", "shown": asked.digest, "answer": "Así está en su DPI."}


SIGN_IN = {"login": "ANA234", "password": PIN}
PERSON = {"first_name": "Ana", "last_name": "Coj", "role": "apoyo"}
SESSION = {"held_on": "2026-11-25", "place": "Patio", "minutes": "60"}
RULES = {"tries_before_help": 3, "quiet_days_before_help": 20, "days_before_first_step": 9}

# Of an address whose keys are others than the group's own of `things_of`: {key: what it is called there}.
OTHER_KEYS = {
    "stop_reminders": {"token": "reminder_token"},
    "confirm_address": {"token": "address_token"},
    "desk_paper": {"quiz_key": "paper_key"},
    "desk_print_papers": {"quiz_key": "paper_key"},
    "desk_release": {"quiz_key": "exam_key"},
    "desk_mark_answer": {"number": "open_number"},
    "attempt_question": {"attempt_id": "under_way", "number": "first"},
    "attempt_submit": {"attempt_id": "under_way"},
    "save_answers": {"attempt_id": "under_way"},
    "desk_scene": {"identifier": "scene"},
    "desk_call": {"learner_pk": "newcomer"},
    "desk_issue_certificate": {"learner_pk": "graduate"},
}
