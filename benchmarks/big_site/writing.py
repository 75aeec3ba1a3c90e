"""Writing the crowd, some people at a time: all of it or nothing."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import reset_queries, transaction

from certificates.issuing.issue import issue_certificate
from course.demo.people import STAFF_PASSWORD
from course.models import Area, AuditEntry, Call, Clinic, Cohort, Enrolment, PaperSheet, User
from course.models.people import spanish_key
from course.paper.sheets import ALPHABET, LENGTH
from course.people.identifiers import new_codes
from course.people.roles import TRAINERS, ensure_groups
from modules.models import LessonRead
from modules.progress.outline import course_outline
from quizzes.models import Answer, AnswerWrite, Attempt, Medium

from .papers import draw_papers
from .people import make_person
from .places import plan_places
from .steps import SITTING, Result, Way, plan_steps

AT_ONCE = 1000
# One person in so many keeps every answer; of the others' attempts there is the paper's head and the grade.
ANSWERS_OF_ONE_IN = 5
OPENED = timedelta(days=80)
# What trainers did in a group: the audit list of a big site is long.
DEEDS = ("group_exported", "cards_printed", "attendance_kept", "calls_exported", "papers_printed", "summary_exported")
DEEDS_A_GROUP = 30


class RealPeople(Exception):
    """There are people who are no demo people: nobody is put among them."""


class CrowdExists(Exception):
    """A crowd was made before: its people stay as they are."""


@dataclass
class Written:
    """The rows of some people, to be written together."""

    enrolments: list = field(default_factory=list)
    reads: list = field(default_factory=list)
    attempts: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    sheets: list = field(default_factory=list)
    calls: list = field(default_factory=list)


def make_crowd(learners, clinics, *, now, seed=1, certificates=0, say=lambda done: None):
    """Make so many learners in so many clinics with their groups, trainers and area leads; give some a certificate.

    `say` is called with how many people are done. Raises RealPeople and CrowdExists, and then writes nothing. Demo
    people and the practice quiz have to be there.
    """
    if User.objects.filter(is_demo=False).exists():
        raise RealPeople
    if User.objects.filter(username=trainer_code(0)).exists():
        raise CrowdExists
    crowd = Crowd(plan_places(learners, clinics), course_outline(), now=now, seed=seed)
    with transaction.atomic():
        crowd.write_places()
        crowd.write_people(learners, say)
    crowd.issue_certificates(certificates)
    return crowd


def trainer_code(number):
    return f"facilitadora{number + 1:03}"


def lead_code(area):
    return f"jefa{area + 1:02}"


class Crowd:
    """What is the same for all people of the crowd while they are written."""

    def __init__(self, places, outline, *, now, seed):
        self.places, self.outline, self.now, self.seed = places, outline, now, seed
        self.papers = draw_papers(outline, seed=seed) if outline else {}
        # What cannot be used as a password is nobody's secret: it may be the same for all.
        self.password = make_password(None)
        self.ways = {}

    def chance(self, of):
        return random.Random(f"{self.seed}:{of}")

    def write_places(self):
        areas = Area.objects.bulk_create(
            Area(name=f"Área de Salud de {name}", sort_key=spanish_key(f"Área de Salud de {name}"))
            for name in self.places.areas
        )
        self.clinics = Clinic.objects.bulk_create(
            Clinic(
                name=clinic.name,
                area=areas[clinic.area],
                municipality=clinic.municipality,
                department=clinic.department,
                sort_key=spanish_key(clinic.name),
            )
            for clinic in self.places.clinics
        )
        self.trainers = self.write_staff([trainer_code(number) for number in range(len(self.places.trainers))])
        leads = self.write_staff([lead_code(number) for number in range(len(areas))])
        Area.leads.through.objects.bulk_create(
            Area.leads.through(area=area, user=lead) for area, lead in zip(areas, leads, strict=True)
        )
        self.write_groups()

    def write_staff(self, codes):
        """Make staff of whom only the first can sign in: hashing a password takes a fifth of a second."""
        staff = [make_person(code, clinic=None, password=self.password, chance=self.chance(code)) for code in codes]
        for person in staff:
            person.is_staff, person.role = True, ""
        if staff:
            staff[0].set_password(STAFF_PASSWORD)
        staff = User.objects.bulk_create(staff)
        ensure_groups()[TRAINERS].user_set.add(*staff)
        return staff

    def write_groups(self):
        opened = (self.now - OPENED).date()
        self.cohorts = Cohort.objects.bulk_create(
            Cohort(name=group.name, clinic=self.clinics[group.clinics[0]], opens_on=opened)
            for group in self.places.groups
        )
        pairs = list(zip(self.cohorts, self.places.groups, strict=True))
        Cohort.trainers.through.objects.bulk_create(
            Cohort.trainers.through(cohort=cohort, user=self.trainers[group.trainer]) for cohort, group in pairs
        )
        deeds = (
            self.deed(cohort, self.trainers[group.trainer], n) for cohort, group in pairs for n in range(DEEDS_A_GROUP)
        )
        for some in batched(deeds, 10 * AT_ONCE):
            AuditEntry.objects.bulk_create(some)

    def deed(self, cohort, trainer, number):
        at = self.now - OPENED * (DEEDS_A_GROUP - number) / (DEEDS_A_GROUP + 1)
        action = DEEDS[number % len(DEEDS)]
        return AuditEntry(action=action, by=trainer, cohort=cohort, people=1 + number, at=at)

    def write_people(self, learners, say):
        taken = set(User.objects.values_list("username", flat=True))
        codes = new_codes(learners, taken=taken, chance=self.chance("codes"))
        members = ((number, group) for group in range(len(self.cohorts)) for number in self.places.groups[group].people)
        for some in batched(members, AT_ONCE):
            self.write_some(some, codes)
            # With DEBUG on Django keeps what it asked: these are long.
            reset_queries()
            say(some[-1][0] + 1)

    def write_some(self, members, codes):
        """Write the people of [(number, number of the group)] with all that they did."""
        chances = [self.chance(number) for number, _group in members]
        people = User.objects.bulk_create(
            make_person(codes[number], clinic=self.clinic_of(number, group), password=self.password, chance=chance)
            for (number, group), chance in zip(members, chances, strict=True)
        )
        written = Written()
        for (number, group), person, chance in zip(members, people, chances, strict=True):
            self.add_person(written, number, person, group, chance)
        self.write(written)

    def clinic_of(self, number, group):
        return self.clinics[self.places.groups[group].clinic_of(number)].pk

    def add_person(self, written, number, person, group, chance):
        steps = plan_steps(self.outline, chance=chance)
        self.ways[person.username] = steps.way
        cohort, trainer = self.cohorts[group], self.trainers[self.places.groups[group].trainer]
        written.enrolments.append(Enrolment(learner=person, cohort=cohort, enrolled_at=self.now - steps.enrolled))
        written.reads += [
            LessonRead(learner=person, lesson_key=key, read_at=self.now - ago) for key, ago in steps.reads
        ]
        if steps.called:
            written.calls.append(
                Call(cohort=cohort, learner=person, made_by=trainer, made_at=self.now - steps.called, reason="")
            )
        for sitting in steps.sittings:
            if sitting.quiz_key in self.papers:
                attempt = self.add_attempt(written, person, sitting, number, chance)
                if sitting.on_paper:
                    written.sheets.append(self.sheet_of(attempt, cohort, trainer, chance))

    def add_attempt(self, written, person, sitting, number, chance):
        """Add an attempt with its answers, or with its grade alone: then figures about answers leave it out."""
        drawn = self.papers[sitting.quiz_key].of(sitting.result)
        sheet = chance.choice(drawn.sheets[sitting.result])
        keeps_answers = number % ANSWERS_OF_ONE_IN == 0 or sheet.grade is None
        begun = self.now - sitting.ago
        attempt = Attempt(
            pk=UUID(int=chance.getrandbits(128), version=4),
            learner=person,
            quiz_key=sitting.quiz_key,
            snapshot=drawn.snapshot if keeps_answers else drawn.head,
            language="es",
            medium=Medium.PAPER if sitting.on_paper else Medium.SCREEN,
            started_at=begun,
            submitted_at=None if sitting.result is Result.OPEN else begun + SITTING,
            grade=sheet.grade,
            passed=sheet.passed,
            in_statistics=not keeps_answers,
        )
        written.attempts.append(attempt)
        if keeps_answers:
            written.answers += [(attempt, *answer) for answer in sheet.answers]
        return attempt

    def sheet_of(self, attempt, cohort, trainer, chance):
        return PaperSheet(
            code="".join(chance.choices(ALPHABET, k=LENGTH)),
            attempt=attempt,
            cohort=cohort,
            printed_by=trainer,
            printed_at=attempt.started_at,
            keyed_by=trainer,
            keyed_at=attempt.submitted_at,
        )

    def write(self, written):
        Enrolment.objects.bulk_create(written.enrolments)
        LessonRead.objects.bulk_create(written.reads)
        Attempt.objects.bulk_create(written.attempts, batch_size=200)
        writes = AnswerWrite.objects.bulk_create(
            AnswerWrite(
                attempt=attempt,
                question_key=key,
                client="crowd",
                number=1,
                response=response,
                given_at=attempt.started_at,
                received_at=attempt.started_at,
            )
            for attempt, key, response, _fraction in written.answers
        )
        Answer.objects.bulk_create(
            Answer(attempt=attempt, question_key=key, response=response, write=write, fraction=fraction)
            for (attempt, key, response, fraction), write in zip(written.answers, writes, strict=True)
        )
        PaperSheet.objects.bulk_create(written.sheets)
        Call.objects.bulk_create(written.calls)

    def issue_certificates(self, count):
        """Issue the certificates of the first so many who finished: drawing each takes a while."""
        finished = [code for code, way in self.ways.items() if way is Way.FINISHED][:count]
        chance = self.chance("serials")
        for learner in User.objects.filter(username__in=finished).select_related("clinic").order_by("pk"):
            issue_certificate(
                learner,
                printed_name=str(learner),
                role=learner.role,
                clinic=str(learner.clinic),
                now=self.now,
                language="es",
                randbits=chance.getrandbits,
            )
