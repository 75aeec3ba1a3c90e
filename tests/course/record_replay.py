"""The course, people and their record in plain Python: what histories of events are compared with.

It knows no database and asks nothing of the site. Only the best attempt at a quiz counts here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count

HOME = timezone(timedelta(hours=-6))
_enrolments = count()
GRADED_AGAIN = "Un cuestionario se calificó de nuevo y ya no está aprobado."
ATTENDANCE = "Se corrigió la asistencia de la que dependía."
MERGED = "Se unieron dos cuentas de una misma persona."


@dataclass
class Module:
    """A module of the course; `held` is what an edition keeps of it."""

    lessons: list
    mark: int = 60
    live: bool = True

    def held(self):
        return (frozenset(self.lessons), self.mark)


@dataclass
class Attempt:
    """An attempt at the quiz of a module; `points` of ten, None until somebody marked it."""

    module: str
    at: datetime
    mark: int
    points: int | None = None
    number_of_marks: int = 0

    @property
    def passed(self):
        return None if self.points is None else self.points * 10 >= self.mark


@dataclass(eq=False)
class Taking:
    """A person takes an edition, restarted in some modules since a moment."""

    edition: int
    at: datetime
    since: datetime | None = None
    again: frozenset = frozenset()
    ended: bool = False
    number: int = field(default_factory=count().__next__)


@dataclass(eq=False)
class Person:
    """What somebody did, where they work, and what they take."""

    code: str
    role: str
    title: str
    clinic: str
    reads: list = field(default_factory=list)  # (lesson, when, the Taking for which it was read once more or None)
    attempts: list = field(default_factory=list)
    attended: dict = field(default_factory=dict)  # session: when
    groups: list = field(default_factory=list)  # [group, since, whether they left, which enrolment of all]
    takings: list = field(default_factory=list)
    active: bool = True

    @property
    def taking(self):
        return next((one for one in self.takings if not one.ended), None)

    @property
    def group(self):
        there = [(since, number, group) for group, since, left, number in self.groups if not left]
        return max(there)[2] if there else ""

    def come_into(self, group, now):
        self.groups.append([group, now, False, next(_enrolments)])


@dataclass(eq=False)
class Row:
    """A row of the record. `module` is "" for the whole course; `person` None once the account is gone.

    `is_former` says of such a row that the person had restarted the course since.
    """

    person: Person | None
    taking: Taking | None
    edition: int
    module: str
    at: datetime
    role: str
    title: str
    clinic: str
    area: str
    group: str
    why: str = ""
    revoked_at: datetime | None = None
    is_former: bool = False

    def told(self):
        who = self.person.code if self.person else None
        return (
            who,
            self.edition,
            self.module,
            self.at.astimezone(HOME),
            self.role,
            self.title,
            self.clinic,
            self.area,
            self.group,
            self.why,
        )


class Replay:
    """Everything, changed by events; each ends with `settle`."""

    def __init__(self, modules, now):
        self.modules = modules
        self.editions = [self.published()]
        self.in_force_from = [now]
        self.people, self.rows, self.sessions = [], [], {}
        self.now = now
        # {what a place is: its name}: clinics with their areas, and groups.
        self.names, self.area_of = {}, {}

    def published(self):
        return {key: module.held() for key, module in self.modules.items() if module.live}

    def follow(self, now):
        published = self.published()
        if published == self.editions[-1]:
            return
        last = len(self.editions) - 1
        for person in self.people:
            if person.takings:
                continue
            moments = [when for _lesson, when, _again in person.reads] + [one.at for one in person.attempts]
            first = min((since for _group, since, *_rest in person.groups), default=None)
            if first and first >= self.in_force_from[last]:
                moments.append(first)
            if moments:
                person.takings.append(Taking(last, min([*moments, now])))
        used = {taking.edition for person in self.people for taking in person.takings}
        used |= {row.edition for row in self.rows}
        if last in used:
            self.editions.append(published)
            self.in_force_from.append(now)
        else:
            self.editions[last], self.in_force_from[last] = published, now

    def asked(self, edition):
        read = {lesson for module in self.modules.values() if module.live for lesson in module.lessons}
        live = [key for key, module in self.modules.items() if module.live]
        held = self.editions[edition]
        asked = {key: held[key][0] & read for key in live if key in held}
        return asked or {key: set(self.modules[key].lessons) for key in live}

    def asked_of(self, person):
        return self.asked(person.taking.edition if person.taking else len(self.editions) - 1)

    def facts(self, person, taking, module, lessons, until=None):
        since = taking.since if taking and module in taking.again else None

        def counts(when):
            return since is None or when >= since

        def in_time(when):
            return counts(when) and (until is None or when <= until)

        read = {}
        for lesson, when, _again in person.reads:
            if lesson in lessons and counts(when):
                read[lesson] = min(when, read.get(lesson, when))
        tries = [one for one in person.attempts if one.module == module and in_time(one.at)]
        there = [
            when
            for session, when in person.attended.items()
            # All were held on the first day, whenever they were noted.
            if module in self.sessions[session] and counts(when)
        ]
        moments = [*read.values(), *(one.at for one in tries), *([min(there)] if there else [])]
        passed, read_all = any(one.passed for one in tries), bool(there) or len(read) == len(lessons)
        return passed, read_all, max(moments, default=None)

    def standing(self, person, taking):
        return {row.module: row for row in self.rows if row.person is person and row.taking is taking and not row.why}

    def carried(self, person):
        taking = person.taking
        again = taking.again if taking and taking.since else frozenset()
        before = [row for row in self.rows if row.person is person and row.taking is not taking and not row.why]
        before.sort(key=lambda row: row.at)
        return {row.module: row for row in before if row.module and row.module not in again}

    def on_record(self, person):
        return self.carried(person) | (self.standing(person, person.taking) if person.taking else {})

    def settle(self, now):
        for person in self.people:
            self.record(person, now)

    def record(self, person, now):
        taking, on_record, asked = person.taking, self.on_record(person), self.asked_of(person)
        new, last = [], []
        for module, lessons in asked.items():
            passed, read_all, moment = self.facts(person, taking, module, lessons)
            if module in on_record:
                last.append(moment or on_record[module].at)
            elif passed and read_all:
                new.append((module, moment))
                last.append(moment)
            else:
                last.append(None)
        if "" not in on_record and all(last):
            new.append(("", max(last)))
        if new and taking is None:
            taking = Taking(len(self.editions) - 1, now)
            person.takings.append(taking)
        for module, moment in new:
            place = (person.role, person.title, self.names[person.clinic], self.names[self.area_of[person.clinic]])
            group = self.group_then(person, moment)
            self.rows.append(Row(person, taking, taking.edition, module, min(moment, now), *place, group))

    def group_then(self, person, moment):
        day = self.in_force_from[0].astimezone(HOME).date()
        was_in = any(group == "g1" and since.astimezone(HOME).date() == day for group, since, *_rest in person.groups)
        group = "g1" if moment in person.attended.values() and was_in else person.group
        return self.names[group] if group else ""

    def done(self, person):
        on_record, asked = self.on_record(person), self.asked_of(person)
        done = {
            key
            for key, lessons in asked.items()
            if key in on_record or all(self.facts(person, person.taking, key, lessons)[:2])
        }
        return done, "" in on_record or done == set(asked)

    def revoke(self, person, why, **which):
        for row in self.failing(person, **which):
            self.end(row, why)

    def failing(self, person, *, quizzes=(), sessions_on=(), since=None, spared=()):
        lost, failing = set(), []
        for taking in sorted(person.takings, key=lambda one: (one.at, one.number)):
            rows = self.standing(person, taking)
            fallen = set()
            for module, row in rows.items():
                asked = self.asked(row.edition)
                if module not in asked or row in spared or (since and row.at < since):
                    continue
                passed, read_all, _at = self.facts(person, taking, module, asked[module], until=row.at)
                if (module in quizzes and not passed) or (module in sessions_on and not read_all):
                    fallen.add(module)
                    failing.append(row)
            # What was finished before, and does not count again, is a part of the whole of today.
            rest = lost - (taking.again if taking.since else set()) - (rows.keys() - fallen)
            if "" in rows and (fallen | rest) & set(self.editions[rows[""].edition]):
                failing.append(rows[""])
            lost |= fallen
        return failing

    def end(self, row, why):
        row.why, row.revoked_at = why, self.now

    def stand_again(self, person, modules):
        ended = [row for row in self.rows if row.person is person and row.why and row.taking]
        ended.sort(key=lambda row: (row.revoked_at, self.rows.index(row)))
        everything, carried, back = {row.module for row in ended}, {}, False
        for taking in sorted(person.takings, key=lambda one: (one.at, one.number)):
            rows, asked = self.standing(person, taking), self.asked(taking.edition)
            of_it = {row.module: row for row in ended if row.taking is taking and row.edition == taking.edition}
            of_it = {module: row for module, row in of_it.items() if module not in rows}
            for module, row in of_it.items():
                facts = module in modules and module in asked and self.facts(
                    person, taking, module, asked[module], until=row.at
                )  # fmt: skip
                if facts and facts[0] and facts[1]:
                    row.why, back, rows = "", True, rows | {module: row}
            again = taking.again if taking.since else set()
            held = {module: row for module, row in carried.items() if module not in again} | rows
            if "" in of_it and back:
                keys, whole = set(self.editions[taking.edition]), of_it[""]
                if not keys & (everything - held.keys()) and all(
                    held[key].at <= whole.at for key in keys & held.keys()
                ):
                    whole.why = ""
            carried |= rows

    def read(self, person, lesson, now):
        taking = person.taking
        before = [when for known, when, _again in person.reads if known == lesson]
        again = taking if taking and taking.since and any(when < taking.since for when in before) else None
        if not any(known == lesson and of is again for known, _when, of in person.reads):
            person.reads.append((lesson, now, again))

    def send(self, person, module, now):
        held = self.editions[person.taking.edition if person.taking else -1].get(module)
        attempt = Attempt(module, now, held[1] if held else self.modules[module].mark)
        person.attempts.append(attempt)
        return attempt

    def mark(self, person, attempt, points, reason):
        before = attempt.passed
        attempt.points, attempt.number_of_marks = points, attempt.number_of_marks + 1
        if not attempt.passed and before is not False:
            self.revoke(person, reason or GRADED_AGAIN, quizzes=[attempt.module], since=attempt.at)

    def would_begin_anew(self, person, modules, since):
        taking = person.taking
        if taking and taking.since:
            return (taking.since, taking.again) != (since, frozenset(modules))
        done = [when for _lesson, when, _again in person.reads] + [one.at for one in person.attempts]
        done += [row.at for row in self.rows if row.person is person]
        count = {key for edition in range(len(self.editions)) for key in self.asked(edition)}
        done += [when for session, when in person.attended.items() if count & set(self.sessions[session])]
        return any(when < since for when in done)

    def begin_anew(self, person, modules, since, now):
        edition = len(self.editions) - 1
        if person.taking is None:
            person.takings.append(Taking(edition, now))
        person.taking.ended = True
        person.takings.append(Taking(edition, now, since, frozenset(modules)))

    def take_along(self, now):
        last = len(self.editions) - 1
        for person in [one for one in self.people if one.taking and "" not in self.standing(one, one.taking)]:
            person.taking.edition = last

    def delete(self, person):
        self.people.remove(person)
        for row in self.rows:
            if row.person is person:
                day = row.at.astimezone(HOME).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
                row.is_former = row.taking is not person.taking
                row.person, row.taking, row.at = None, None, day
                row.role = row.title = row.clinic = row.area = row.group = ""

    def merge(self, kept, old):
        both = {one.module for one in kept.attempts} & {one.module for one in old.attempts}
        # What had no facts before has lost none by this.
        spared = [row for one in (kept, old) for row in self.failing(one, quizzes=both)]
        self.join_takings(kept, old)
        kept.attempts += old.attempts
        kept.reads += [one for one in old.reads if one[2]]
        for lesson, when, again in old.reads:
            if again:
                continue
            known = [number for number, one in enumerate(kept.reads) if one[0] == lesson and one[2] is None]
            if known:
                first, later = sorted([when, kept.reads[known[0]][1]])
                kept.reads[known[0]] = (lesson, first, None)
                # What was read since the restart counts beside what was read before.
                goes_on = next((one for one in (kept.taking, old.taking) if one), None)
                read_again = any(one == lesson and of is goes_on for one, _when, of in kept.reads)
                if goes_on and goes_on.since and first < goes_on.since <= later and not read_again:
                    kept.reads.append((lesson, later, goes_on))
            else:
                kept.reads.append((lesson, when, None))
        kept.attended = old.attended | kept.attended
        for group, since, left, number in old.groups:
            same = [one for one in kept.groups if one[0] == group and not one[2] and not left]
            if same:
                same[0][1] = min(since, same[0][1])
            else:
                kept.groups.append([group, since, left, number])
        for row in self.rows:
            if row.person is old:
                row.person = kept
        kept.takings += old.takings
        kept.role, kept.title = kept.role or old.role, kept.title or old.title
        self.people.remove(old)
        self.revoke(kept, MERGED, quizzes=both, spared=spared)

    def join_takings(self, kept, old):
        if not (kept.taking and old.taking):
            return

        def weight(pair):
            person, taking = pair
            restarted = taking.since.timestamp() if taking.since else 0
            whole = self.standing(person, taking).get("")
            return restarted, whole.at.timestamp() if whole else 0, -taking.at.timestamp(), taking.number

        pairs = [(kept, kept.taking), (old, old.taking)]
        (of_one, goes_on), (of_other, ends) = sorted(pairs, key=weight, reverse=True)
        ends.ended = True
        if (ends.edition, ends.since, ends.again) != (goes_on.edition, goes_on.since, goes_on.again):
            return
        held, others = self.standing(of_one, goes_on), self.standing(of_other, ends)
        for module, row in others.items():
            other = held.get(module)
            later = other and max(row, other, key=lambda one: (one.at, self.rows.index(one)))
            if later:
                self.end(later, MERGED)
            if other is None or later is other:
                row.taking = goes_on

    def finished_by_role(self):
        count = {}
        for row in self.rows:
            alive = row.person and row.taking is row.person.taking and row.person.groups
            if row.module == "" and not row.why and (alive or (row.person is None and not row.is_former)):
                count[row.role] = count.get(row.role, 0) + 1
        return count

    def counted(self):
        unfinished = [one for one in self.people if one.group and "" not in self.standing(one, one.taking)]
        return sum(self.finished_by_role().values()) + len(unfinished)
