import os
import random
from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone

from course.groups.summary import summary_of
from course.models import ADMINISTRATORS, Area, Clinic, Cohort, Enrolment, Session, User
from course.people.accounts import add_existing_person
from course.people.leaving import archive_person, delete_person, move_person
from course.people.merging import merge_accounts
from course.sessions.attendance import keep_attendance, save_session
from modules.models import CoursePage, LessonPage, ModulePage, TrainingRecord
from modules.progress.deriving import progress_by_learner
from modules.progress.editions import edition_in_force
from modules.progress.events import mark_lesson_read, restart_course
from modules.progress.following import changing_much, take_along
from modules.progress.outline import get_course_structure
from modules.progress.training_record import record_finished
from quizzes.attempts.grading import grade_manually
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.base.identifiers import stable_key
from quizzes.models import Attempt, Quiz
from tests.factories import (
    NOW,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_question,
    make_quiz,
    make_staff,
)

from . import record_replay as replay

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]
COUNT, SEED = int(os.environ.get("RECORD_HISTORIES", "1")), int(os.environ.get("RECORD_SEED", "13"))
EVENTS = 200
# What may revoke something: nothing that is done to the course, and nothing that people do.
CORRECTS = ("correct_mark", "attend", "change_session", "merge")
ATTENDS = ("attend", "change_session")
ROLES = ("clinica", "apoyo", "recepcion")


class History:
    def __init__(self, seed):
        self.chance, self.now, self.log = random.Random(seed), NOW, []
        self.modules_made, self.lessons_made, self.people_made, self.slugs = 0, 2, 0, {}
        with time_machine.travel(self.now, tick=False):
            make_course(modules=0)
            for _module in range(3):
                self.make_module()
            self.admin = make_staff("admina", ADMINISTRATORS)
            modules = {f"m{number}": replay.Module([f"{number}-1", f"{number}-2"]) for number in (1, 2, 3)}
            self.replay = replay.Replay(modules, self.now)
            for number in (1, 2):
                area = Area.objects.create(name=f"Área {number}")
                Clinic.objects.create(name=f"Centro {number}", area=area)
                Cohort.objects.create(name=f"Grupo {number}", opens_on=NOW.date())
                self.replay.names |= {f"a{number}": area.name, f"c{number}": f"Centro {number}"}
                self.replay.names |= {f"g{number}": f"Grupo {number}"}
                self.replay.area_of[f"c{number}"] = f"a{number}"
            self.clinics = dict(zip(("c1", "c2"), Clinic.objects.order_by("pk"), strict=True))
            self.areas = dict(zip(("a1", "a2"), Area.objects.order_by("pk"), strict=True))
            self.groups = dict(zip(("g1", "g2"), Cohort.objects.order_by("pk"), strict=True))
            self.attempts, self.sessions, self.hidden = {}, {}, {}
            for _person in range(6):
                self.come()
            for modules in (["m1"], ["m2"], ["m1", "m3"]):
                keys = self.keys(modules)
                session = Session.objects.create(
                    cohort=self.groups["g1"], made_by=self.admin, modules=keys, counts_for=keys
                )
                self.sessions[session.pk] = session
                self.replay.sessions[session.pk] = modules

    def make_module(self):
        number = self.modules_made = self.modules_made + 1
        module = make_module(CoursePage.objects.get(), number, lessons=0, quiz=False)
        question = make_question(f"M{number}-Q1", kind="open", choices=[], marks=10, marking_guide="Lo que saluda.")
        module.quiz = make_quiz(f"m{number}", [question], pass_mark=60)
        module.save_revision().publish()
        for lesson in (1, 2):
            make_lesson(ModulePage.objects.get(pk=module.pk), lesson)
        return f"m{number}"

    def module(self, name):
        return ModulePage.objects.get(slug=name)

    def keys(self, names):
        return [str(self.module(name).translation_key) for name in names]

    def lesson(self, name):
        module, lesson = name.split("-")
        return LessonPage.objects.get(translation_key=stable_key(f"M{module}-L{lesson}"))

    def live_modules(self):
        return [name for name, module in self.replay.modules.items() if module.live]

    def person(self, one):
        return User.objects.get(username=one.code)

    def pick(self, options):
        options = list(options)
        return self.chance.choice(options) if options else None

    def somebody(self, fits=lambda one: True):
        return self.pick(one for one in self.replay.people if one.active and fits(one))

    # Events: each returns what to say of it, or None where nobody and nothing is there for it.

    def come(self):
        self.people_made += 1
        code, clinic, group = f"P{self.people_made:03}", self.pick(self.clinics), self.pick(self.groups)
        role = self.pick(ROLES)
        one = replay.Person(code, role, f"Cargo de {code}", clinic)
        person = make_learner(code, "Zul", f"Tzep {code}", role=role, clinic=self.clinics[clinic])
        User.objects.filter(pk=person.pk).update(job_title=one.title)
        Enrolment.objects.create(learner=person, cohort=self.groups[group], enrolled_at=self.now)
        one.come_into(group, self.now)
        self.replay.people.append(one)
        return code

    def read(self):
        one, module = self.somebody(), self.pick(self.live_modules())
        lesson = one and self.pick(self.replay.modules[module].lessons)
        if lesson:
            mark_lesson_read(self.person(one), self.lesson(lesson), now=self.now)
            self.replay.read(one, lesson, self.now)
            return f"{one.code} {lesson}"
        return None

    def read_module(self):
        one, module = self.somebody(), self.pick(self.live_modules())
        if one:
            for lesson in self.replay.modules[module].lessons:
                mark_lesson_read(self.person(one), self.lesson(lesson), now=self.now)
                self.replay.read(one, lesson, self.now)
            return f"{one.code} {module}"
        return None

    def finish(self):
        one = self.somebody(lambda one: not self.replay.done(one)[1])
        module = one and self.pick(key for key in self.replay.asked_of(one) if key not in self.replay.done(one)[0])
        if module:
            for lesson in self.replay.modules[module].lessons:
                mark_lesson_read(self.person(one), self.lesson(lesson), now=self.now)
                self.replay.read(one, lesson, self.now)
            return self.send(one, module, 10)
        return None

    def send(self, one=None, module=None, points=None):
        one, module = one or self.somebody(), module or self.pick(self.live_modules())
        if one:
            quiz = self.module(module).quiz
            attempt = start_attempt(self.person(one), quiz, language="es", now=self.now, chance=random.Random(1))
            (item,) = attempt.snapshot["questions"]
            save_answer(attempt, item["key"], "Hola", client="x", number=1, given_at=self.now, now=self.now)
            submit_attempt(attempt, now=self.now)
            told = self.replay.send(one, module, self.now)
            self.attempts[id(told)] = attempt.pk
            self.mark_it(one, told, points or self.pick([5, 7, 10]), "")
            return f"{one.code} {module} {told.points}"
        return None

    def mark_it(self, one, told, points, reason):
        attempt = Attempt.objects.get(pk=self.attempts[id(told)])
        (item,) = attempt.snapshot["questions"]
        given = {"comment": "", "reason": reason, "seen": told.number_of_marks, "by": self.admin, "now": self.now}
        with TestCase.captureOnCommitCallbacks(execute=True):
            grade_manually(attempt, item["key"], fraction=Fraction(points, 10), **given)
        self.replay.mark(one, told, points, reason)

    def correct_mark(self):
        one = self.somebody(lambda one: one.attempts)
        told = one and self.pick(one.attempts)
        if told:
            points = self.pick(points for points in (0, 0, 5, 7, 10) if points != told.points)
            self.mark_it(one, told, points, f"Se leyó mal ({len(self.log)}).")
            return f"{one.code} {told.module} {points}"
        return None

    def attend(self):
        session = self.sessions[self.pick(self.sessions)]
        here = {one.code: one for one in self.replay.people if session.pk in one.attended}
        group = {one.code: one for one in self.replay.people if self.is_in(one)}
        ticked = {code for code in here | group if self.chance.random() < 0.6}
        pks = dict(User.objects.filter(username__in=here.keys() | group.keys()).values_list("username", "pk"))
        keep_attendance(
            session, {pks[code] for code in ticked}, shown={pks[code] for code in here}, by=self.admin, now=self.now
        )
        for code in ticked - here.keys():
            group[code].attended[session.pk] = self.now
        for code in here.keys() - ticked:
            del here[code].attended[session.pk]
        for code in sorted(here.keys() - ticked):
            self.replay.revoke(here[code], replay.ATTENDANCE, sessions_on=self.replay.sessions[session.pk])
        for code in ticked - here.keys():
            self.replay.stand_again(group[code], self.replay.sessions[session.pk])
        return f"{session.pk}: {sorted(ticked)}"

    def is_in(self, one):
        return any(group == "g1" and not left for group, _since, left, _number in one.groups)

    def change_session(self):
        session = self.sessions[self.pick(self.sessions)]
        names = self.chance.sample(list(self.replay.modules), 1)
        session.modules = session.counts_for = self.keys(names)
        save_session(session, by=self.admin, now=self.now)
        before, self.replay.sessions[session.pk] = self.replay.sessions[session.pk], names
        for one in self.replay.people:
            if session.pk in one.attended:
                self.replay.revoke(one, replay.ATTENDANCE, sessions_on=set(before) - set(names))
                self.replay.stand_again(one, set(names) - set(before))
        return f"{session.pk}: {names}"

    def unpublish(self):
        name = self.pick(self.live_modules()) if len(self.live_modules()) > 1 else None
        if name:
            self.module(name).unpublish()
            self.replay.modules[name].live = False
            return name
        return None

    def publish(self):
        name = self.pick(name for name, module in self.replay.modules.items() if not module.live)
        if name:
            self.module(name).save_revision().publish()
            self.replay.modules[name].live = True
            return name
        return None

    def add_module(self):
        name = None
        if len(self.replay.modules) < 5:
            with changing_much():
                name = self.make_module()
            self.replay.modules[name] = replay.Module([f"{name[1:]}-1", f"{name[1:]}-2"])
        return name

    def delete_module(self):
        name = self.pick(self.replay.modules)
        if len(self.live_modules()) > 1 and len(self.replay.modules) > 2:
            self.module(name).delete()
            del self.replay.modules[name]
            return name
        return None

    def add_lesson(self, name=None):
        name = name or self.pick(self.live_modules())
        self.lessons_made += 1
        make_lesson(self.module(name), self.lessons_made)
        self.replay.modules[name].lessons.append(f"{name[1:]}-{self.lessons_made}")
        return f"{name} {self.lessons_made}"

    def delete_lesson(self):
        name = self.pick(name for name in self.live_modules() if len(self.replay.modules[name].lessons) > 1)
        if name:
            lesson = self.pick(self.replay.modules[name].lessons)
            self.lesson(lesson).delete()
            self.replay.modules[name].lessons.remove(lesson)
            return lesson
        return None

    def hide_lesson(self):
        name = self.pick(name for name in self.live_modules() if len(self.replay.modules[name].lessons) > 1)
        if name:
            lesson = self.pick(self.replay.modules[name].lessons)
            self.lesson(lesson).unpublish()
            self.replay.modules[name].lessons.remove(lesson)
            self.hidden[lesson] = name
            return lesson
        return None

    def show_lesson(self):
        lesson = self.pick(lesson for lesson, name in self.hidden.items() if name in self.live_modules())
        if lesson:
            self.lesson(lesson).save_revision().publish()
            self.replay.modules[self.hidden.pop(lesson)].lessons.append(lesson)
        return lesson

    def move_lesson(self):
        name = self.pick(name for name in self.live_modules() if len(self.replay.modules[name].lessons) > 1)
        target = self.pick(other for other in self.live_modules() if other != name)
        if name and target:
            lesson = self.pick(self.replay.modules[name].lessons)
            page = self.lesson(lesson)
            page.slug = f"de-{lesson}"
            page.save()
            page.move(self.module(target), pos="last-child")
            self.replay.modules[name].lessons.remove(lesson)
            self.replay.modules[target].lessons.append(lesson)
            return f"{lesson} → {target}"
        return None

    def move_module(self):
        name = self.pick(self.replay.modules)
        self.module(name).move(CoursePage.objects.get(), pos="last-child")
        self.replay.modules[name] = self.replay.modules.pop(name)
        return name

    def change_pass_mark(self):
        name, mark = self.pick(self.replay.modules), self.pick([50, 60, 80])
        quiz = Quiz.objects.get(identifier=name)
        quiz.pass_mark = self.replay.modules[name].mark = mark
        quiz.save()
        return f"{name} {mark}"

    def load_text(self):
        with changing_much():
            for page in ModulePage.objects.live():
                page.summary = f"Otras palabras, {len(self.log)}"
                page.save_revision().publish()
            changed = [self.add_lesson(self.live_modules()[0]), self.delete_lesson()]
        return str(changed)

    def take_along(self):
        self.replay.settle(self.now)
        take_along(edition_in_force(get_course_structure()), now=self.now)
        self.replay.take_along(self.now)
        return ""

    def begin_anew(self):
        one, day = self.somebody(), timezone.localdate(self.now) - timedelta(days=self.pick([0, 0, 3]))
        names = self.chance.sample(self.live_modules(), self.chance.randint(1, len(self.live_modules())))
        keys = [self.module(name).translation_key for name in names]
        since = timezone.make_aware(datetime.combine(day, time.min))
        begun = restart_course([self.person(one)], keys, since=day, name="Repaso", by=self.admin, now=self.now)
        assert bool(begun) == self.replay.would_begin_anew(one, names, since), (one.code, self.log)
        if begun:
            self.replay.begin_anew(one, names, since, self.now)
            return f"{one.code} {names} {day}"
        return None

    def expire(self):
        self.now += timedelta(days=self.chance.randint(200, 500))
        return f"{self.now:%Y-%m-%d}"

    def archive(self):
        one = self.somebody(lambda one: one.group)
        if one and len([person for person in self.replay.people if person.active]) > 2:
            archive_person(self.person(one), self.groups[one.group], by=self.admin, now=self.now)
            left = one.group
            for line in one.groups:
                line[2] = line[2] or line[0] == left
            one.active = bool(one.group)
            return one.code
        return None

    def bring_back(self):
        one = self.pick(one for one in self.replay.people if not one.active)
        if one:
            group = self.pick(self.groups)
            add_existing_person(self.groups[group], self.person(one), by=self.admin, now=self.now)
            one.come_into(group, self.now)
            one.active = True
            return f"{one.code} {group}"
        return None

    def change_group(self):
        one = self.somebody(lambda one: len([line for line in one.groups if not line[2]]) == 1)
        if one:
            old = one.group
            new = "g2" if old == "g1" else "g1"
            move_person(self.person(one), self.groups[old], self.groups[new], by=self.admin, now=self.now)
            for line in one.groups:
                line[2] = line[2] or line[0] == old
            one.come_into(new, self.now)
            return f"{one.code} {new}"
        return None

    def change_post(self):
        one = self.somebody()
        one.role, one.title, one.clinic = self.pick(ROLES), f"Cargo {len(self.log)}", self.pick(self.clinics)
        changed = {"role": one.role, "job_title": one.title, "clinic": self.clinics[one.clinic]}
        User.objects.filter(username=one.code).update(**changed)
        return f"{one.code} {one.role} {one.clinic}"

    def rename(self):
        name, words = self.pick(self.replay.names), f"Otro nombre {len(self.log)}"
        thing = (self.clinics | self.areas | self.groups)[name]
        thing.refresh_from_db()
        thing.name = self.replay.names[name] = words
        thing.save()
        return f"{name}: {words}"

    def move_clinic(self):
        clinic, area = self.pick(self.clinics), self.pick(self.areas)
        self.clinics[clinic].refresh_from_db()
        self.clinics[clinic].area = self.areas[area]
        self.clinics[clinic].save()
        self.replay.area_of[clinic] = area
        return f"{clinic} {area}"

    def merge(self):
        kept = self.somebody(lambda one: one.group)
        old = self.somebody(lambda one: one is not kept and one.group)
        if kept and old and len(self.replay.people) > 3:
            cohort = self.groups[kept.group]
            merge_accounts(self.person(kept), self.person(old), by=self.admin, cohort=cohort, now=self.now)
            self.replay.merge(kept, old)
            return f"{old.code} → {kept.code}"
        return None

    def delete(self):
        one = self.somebody()
        if len([person for person in self.replay.people if person.active]) > 3:
            delete_person(self.person(one), by=self.admin, cohort=self.groups["g1"], now=self.now)
            self.replay.delete(one)
            return one.code
        return None

    OFTEN = ("read", "read_module", "send", "finish", "finish", "finish")
    ON_THE_COURSE = (
        "unpublish", "publish", "add_module", "delete_module", "add_lesson", "delete_lesson", "hide_lesson",
        "show_lesson", "show_lesson", "move_lesson", "move_module", "change_pass_mark",
        "load_text",
    )  # fmt: skip
    ON_PEOPLE = (
        "come", "correct_mark", "correct_mark", "correct_mark", "attend", "attend", "change_session",
        "take_along", "begin_anew", "expire",
        "archive", "bring_back", "bring_back", "change_group", "change_post", "rename", "move_clinic", "merge", "merge",
        "delete", "come",
    )  # fmt: skip

    def step(self):
        self.now += timedelta(minutes=self.chance.randint(1, 3000))
        kind = self.chance.choices([self.OFTEN, self.ON_THE_COURSE, self.ON_PEOPLE], [6, 2, 3])[0]
        name, self.replay.now = self.chance.choice(kind), self.now
        with time_machine.travel(self.now, tick=False):
            told = getattr(self, name)()
        if told is None:
            return None
        with time_machine.travel(self.now, tick=False):
            self.replay.follow(self.now)
            all_done = [one.code for one in self.replay.people if "" in self.replay.standing(one, one.taking)]
            self.replay.settle(self.now)
            record_finished(User.objects.filter(username__in=all_done).order_by("pk"), now=self.now)
        self.log.append(f"{name} {told}")
        return name

    def rows(self):
        fields = ("learner_id", "registration_id", "edition_id", "module_key", "finished_at", "recorded_at", "role")
        fields += ("job_title", "clinic", "clinic_key", "area", "area_key", "cohort", "cohort_key", "revoked_at")
        fields += ("revoked_by_id", "revoked_reason")
        return {row.pop("key"): row for row in TrainingRecord.objects.order_by("pk").values("key", *fields)}

    def told(self):
        names = self.slugs = self.slugs | dict(ModulePage.objects.values_list("translation_key", "slug"))
        rows = [
            (
                row.learner and row.learner.username,
                row.edition.number - 1,
                names[row.module_key] if row.module_key else "",
                row.finished_at.astimezone(replay.HOME),
                row.role,
                row.job_title,
                row.clinic,
                row.area,
                row.cohort,
                row.revoked_reason,
            )
            for row in TrainingRecord.objects.select_related("learner", "edition")
        ]
        return sorted(map(str, rows))


def check_unchanged(before, after, happened):
    for key, old in before.items():
        new = after[key]
        changed = {name for name in old if old[name] != new[name]}
        if happened == "delete" and new["learner_id"] is None and old["learner_id"] is not None:
            kept = {name: new[name] for name in ("role", "clinic", "area", "cohort", "job_title", "registration_id")}
            assert set(kept.values()) <= {"", None}, kept
            continue
        # A revoked record is reinstated where an attendance is put right.
        corrects = happened in (ATTENDS if old["revoked_at"] else CORRECTS)
        allowed = {"revoked_at", "revoked_by_id", "revoked_reason"} if corrects else set()
        if happened == "merge":
            allowed |= {"learner_id", "registration_id"}
        assert changed <= allowed, (happened, changed, old, new)
        if new["revoked_at"]:
            assert new["revoked_reason"]
            assert new["revoked_by_id"] or new["learner_id"] is None


def check_totals(history):
    modules = dict(ModulePage.objects.values_list("translation_key", "slug"))
    people = {one.username: one for one in User.objects.filter(is_staff=False)}
    progress = progress_by_learner(people.values(), now=history.now)
    for one in history.replay.people:
        found = progress[people[one.code].pk]
        done = {modules[module.outline.key] for module in found.modules if module.is_finished}
        assert (done, found.finished) == history.replay.done(one), one.code
    summary = summary_of(Cohort.objects.all(), everything=True)
    finished = {role: share.finished for role, share in summary.everybody.by_role.items() if share.finished}
    assert finished == history.replay.finished_by_role()
    assert summary.everybody.total.people == history.replay.counted()


@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_order_of_events_does_not_change_records(seed):
    history = History(seed)
    before, happened = history.rows(), 0
    while happened < EVENTS:
        name = history.step()
        if name is None:
            continue
        happened += 1
        after = history.rows()
        check_unchanged(before, after, name)
        assert history.told() == sorted(map(str, (row.told() for row in history.replay.rows))), (seed, history.log)
        before = after
        if happened % 20 == 0:
            check_totals(history)
    assert len(before) > 20
    played = {line.split()[0] for line in history.log}
    assert seed != 13 or played == {*History.OFTEN, *History.ON_THE_COURSE, *History.ON_PEOPLE}
