"""Who has begun takes the edition of today, and who has finished a module or all of it gets a row that says so.

Each row is dated with the last fact that it rests on, and has the post and the places of today and the group of that day.
"""

from collections import defaultdict

from django.db import migrations
from django.utils import timezone

BATCH = 2000


def passed_by_rule(attempts):
    """Say whether the attempt that counts was passed; rows are (started, pk, submitted, grade, passed, rule)."""
    rule = max(attempts)[5]
    sent = sorted(row for row in attempts if row[2])
    graded = [row for row in sent if row[3] is not None]
    if rule == "first":
        return bool(graded) and graded[0] is sent[0] and graded[0][4]
    if rule == "last":
        return bool(graded) and graded[-1][4]
    return any(row[4] for row in graded)


class Facts:
    """What some people did: lessons read, attempts, sessions attended."""

    def __init__(self, apps, people, counting):
        self.reads, self.attempts, self.attended = defaultdict(dict), defaultdict(list), defaultdict(dict)
        rows = apps.get_model("modules", "LessonRead").objects.filter(learner_id__in=people)
        for learner, lesson, at in rows.values_list("learner_id", "lesson_key", "read_at"):
            self.reads[learner][str(lesson)] = at
        rows = apps.get_model("quizzes", "Attempt").objects.filter(learner_id__in=people)
        fields = ("started_at", "id", "submitted_at", "grade", "passed", "counting_attempt")
        for learner, quiz, started, pk, *rest in rows.values_list("learner_id", "quiz_key", *fields):
            self.attempts[learner, str(quiz)].append((started, str(pk), *rest))
        if counting:
            rows = apps.get_model("course", "Attendance").objects.filter(learner_id__in=people)
            for learner, modules, at in rows.values_list("learner_id", "session__modules", "noted_at"):
                for key in modules:
                    self.attended[learner][key] = min(at, self.attended[learner].get(key, at))

    def finished(self, learner, module):
        """Return when the person finished a module of the edition, or None."""
        read = [self.reads[learner][key] for key in module["lessons"] if key in self.reads[learner]]
        attempts = self.attempts.get((learner, module["quiz"]), [])
        attended = self.attended[learner].get(module["key"]) if module["attendance_counts"] else None
        if not (module["lessons"] or module["quiz"]):
            return None
        if attended is None and len(read) < len(module["lessons"]):
            return None
        if module["quiz"] and not (attempts and passed_by_rule(attempts)):
            return None
        moments = [*read, *([attended] if attended else [])]
        moments += [moment for row in attempts for moment in (row[0], row[2]) if moment]
        return max(moments)


def group_on(enrolments, when):
    """Return the group that a person was in at a moment, else the last one; None where there was none."""
    then = [one for one in enrolments if one.enrolled_at <= when and (one.left_at is None or one.left_at >= when)]
    last = max(then or enrolments, key=lambda one: (one.enrolled_at, one.pk), default=None)
    return last and last.cohort


def record_people(apps, edition, people, now):
    counting = any(module["attendance_counts"] for module in edition.contents)
    facts = Facts(apps, people, counting)
    User, Enrolment = apps.get_model("course", "User"), apps.get_model("course", "Enrolment")
    Registration, Record = (apps.get_model("modules", name) for name in ("Registration", "TrainingRecord"))
    enrolments = defaultdict(list)
    for one in Enrolment.objects.filter(learner_id__in=people).select_related("cohort"):
        enrolments[one.learner_id].append(one)
    by_learner = defaultdict(list)
    for (learner, _quiz), rows in facts.attempts.items():
        by_learner[learner] += [row[0] for row in rows]
    Registration.objects.bulk_create(
        Registration(
            learner_id=learner,
            edition=edition,
            registered_at=min(
                [
                    *(one.enrolled_at for one in enrolments[learner]),
                    *facts.reads[learner].values(),
                    *by_learner[learner],
                ],
                default=now,
            ),
        )
        for learner in people
    )
    registrations = dict(Registration.objects.filter(learner_id__in=people).values_list("learner_id", "pk"))
    records = []
    for person in User.objects.filter(pk__in=people).select_related("clinic__area"):
        modules = {module["key"]: facts.finished(person.pk, module) for module in edition.contents}
        finished = {key: when for key, when in modules.items() if when}
        if modules and len(finished) == len(modules):
            finished[None] = max(finished.values())
        for key, when in finished.items():
            clinic = person.clinic
            area = clinic.area if clinic else None
            cohort = group_on(enrolments[person.pk], when)
            records.append(
                Record(
                    learner_id=person.pk,
                    registration_id=registrations[person.pk],
                    edition=edition,
                    module_key=key,
                    finished_at=when,
                    recorded_at=now,
                    role=person.role,
                    clinic=clinic.name if clinic else "",
                    clinic_key=clinic.key if clinic else None,
                    area=area.name if area else "",
                    area_key=area.key if area else None,
                    cohort=cohort.name if cohort else "",
                    cohort_key=cohort.key if cohort else None,
                )
            )
    Record.objects.bulk_create(records, batch_size=BATCH)


def record_who_finished(apps, schema_editor):
    edition = apps.get_model("modules", "Edition").objects.order_by("-number").first()
    if edition is None or not edition.contents:
        # Nothing is published: what people finished is on record when it is.
        return
    people = set(apps.get_model("modules", "LessonRead").objects.values_list("learner_id", flat=True).distinct())
    people |= set(apps.get_model("quizzes", "Attempt").objects.values_list("learner_id", flat=True).distinct())
    people |= set(apps.get_model("course", "Enrolment").objects.values_list("learner_id", flat=True).distinct())
    # Whoever has a row already had it written before this was taken back and done again.
    people -= set(apps.get_model("modules", "Registration").objects.values_list("learner_id", flat=True))
    people = sorted(people)
    now = timezone.now()
    for start in range(0, len(people), BATCH):
        record_people(apps, edition, people[start : start + BATCH], now)


class Migration(migrations.Migration):

    dependencies = [
        ("course", "0019_keep_job_titles"),
        ("modules", "0009_make_the_first_edition"),
        ("quizzes", "0008_keep_apart_what_is_of_before_a_new_pin"),
    ]

    # Going back the rows go with their tables: `modules` takes them back.
    operations = [migrations.RunPython(record_who_finished, migrations.RunPython.noop)]
