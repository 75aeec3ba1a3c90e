"""Writes the questions of a Plan: all or none, idempotently."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.base.identifiers import stable_key
from quizzes.base.indexing import deferred_indexing
from quizzes.exceptions import QuizError
from quizzes.importing.parts.reading import Problem
from quizzes.models import Question, Quiz, QuizQuestion, Stimulus, Topic

from .cases import write_cases
from .library import store_image
from .planning import make_question, plan_import
from .quizzes import write_quiz


class NotImported(QuizError):
    """Part of the file cannot be imported and `only_good` is off; `plan` has the problems."""

    sentence = gettext_lazy("Nothing was imported: some questions can’t be. Mend the file, or import the good ones.")

    def __init__(self, plan):
        super().__init__()
        self.plan = plan


class Taken(QuizError):
    sentence = gettext_lazy("Someone else changed the bank at the same moment. Nothing was imported; please try again.")


class QuizHasDraft(QuizError):
    """Publishing the quiz with the new questions would publish its unfinished draft."""

    sentence = gettext_lazy("The quiz has changes that are not published. Publish or discard them, then import again.")


@dataclass
class Imported:
    created: list[Question] = field(default_factory=list)
    present: list[Question] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    cases: list[Stimulus] = field(default_factory=list)  # made
    quizzes: list[Quiz] = field(default_factory=list)  # made, with their questions
    added: int = 0  # how many the quiz has got


def write_import(plan, *, only_good=False, by=None, quiz=None):
    """Write a Plan, made again with the current bank, and append its questions to a quiz; raises NotImported."""
    stored = []
    try:
        with transaction.atomic(), deferred_indexing():
            plan = plan_import(plan.reading, locale=plan.locale, topic=plan.topic, without_cases=plan.without_cases)
            return _write(plan, only_good, by, quiz, stored)
    except BaseException as error:
        for image in stored:
            # The rollback removes the row, but not the file.
            image.file.storage.delete(image.file.name)
        if isinstance(error, IntegrityError):
            raise Taken from error
        raise


def _write(plan, only_good, by, quiz, stored):
    if plan.problems and not only_good:
        raise NotImported(plan)
    done = Imported(refused=plan.problems, warnings=plan.warnings)
    topics = _Topics(plan.locale, plan.topic)
    _keep_out_cases(plan, done, by)
    places = write_cases(plan, by=by, publish=_may_publish(by, "case"), stored=stored)
    for row in plan.rows:
        if row.state == "new":
            row.made = _create(row, plan.locale, topics.find_or_make(row.topic), places.get(id(row)), by, stored)
            done.created.append(row.made)
        elif row.present:
            done.present.append(row.present)
    done.cases = [planned.made for planned in plan.cases if planned.made]
    _write_quizzes(plan, topics, done, by)
    done.topics = topics.made
    if quiz is not None:
        done.added = _add_to_quiz(quiz, [row.question for row in plan.rows if row.question], by)
    return done


def _keep_out_cases(plan, done, by):
    new = [planned for planned in plan.cases if planned.state == "new"]
    if new and by is not None and not by.has_perm("quizzes.add_stimulus"):
        done.warnings.append(Problem("", "", _("The cases stay out: you may add questions, but no cases.")))
        for planned in new:
            planned.is_left_out = True


def _write_quizzes(plan, topics, done, by):
    new = [planned for planned in plan.quizzes if not planned.present]
    if new and by is not None and not by.has_perm("quizzes.add_quiz"):
        done.warnings.append(Problem("", "", _("The quizzes stay out: you may add questions, but no quizzes.")))
        return
    questions = {id(row.read): row.question for row in plan.rows if row.question}
    for planned in new:
        done.quizzes.append(
            write_quiz(
                planned,
                locale=plan.locale,
                topic=topics.find_or_make(planned.read.topic),
                questions=[questions[id(read)] for read in planned.read.questions if id(read) in questions],
                by=by,
                publish=_may_publish(by, "quiz"),
            )
        )


def _create(row, locale, topic, place, by, stored):
    read, (case, number) = row.read, place or (None, None)
    fields = {"topic": topic, "case": case, "case_place": number}
    question = make_question(row, locale, translation_key=stable_key(row.identifier), live=False, **fields)
    if read.image:
        question.image, made = store_image(read.image, text=read.image_text, by=by)
        stored += [question.image] if made else []
    question.save()
    if read.tags:
        question.tags.add(*read.tags)
        question.save()
    revision = question.save_revision(user=by)
    if not row.is_draft and _may_publish(by, "question"):
        revision.publish(user=by)
        question.refresh_from_db()
    return question


def _add_to_quiz(quiz, questions, by):
    # The caller's copy may be older than an editor's draft.
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    if quiz.live and quiz.has_unpublished_changes:
        raise QuizHasDraft
    quiz = quiz.get_latest_revision_as_object()
    entries = list(quiz.entries.all())
    has = {entry.question_id for entry in entries}
    new = [question for question in dict.fromkeys(questions) if question.pk not in has]
    if not new:
        return 0
    place = max((entry.sort_order or 0 for entry in entries), default=-1) + 1
    quiz.entries = entries + [
        QuizQuestion(
            question=question,
            sort_order=place + n,
            locale=quiz.locale,
            translation_key=stable_key(f"quiz:{quiz.identifier.upper()}/{question.identifier}"),
        )
        for n, question in enumerate(new)
    ]
    revision = quiz.save_revision(user=by)
    if quiz.live and _may_publish(by, "quiz"):
        revision.publish(user=by)
    return len(new)


def _may_publish(by, model):
    return by is None or by.has_perm(f"quizzes.publish_{model}")


class _Topics:
    def __init__(self, locale, outer):
        self.locale, self.outer, self.made = locale, outer, []
        topics = list(Topic.objects.filter(locale=locale))
        self.known = {(topic.parent_id, topic.name.casefold()): topic for topic in topics}
        self.taken = {topic.identifier for topic in topics}

    def find_or_make(self, path):
        topic = self.outer
        for name in path:
            key = (topic.pk if topic else None, name.casefold())
            topic = self.known[key] = self.known.get(key) or self._make(name, topic)
        return topic

    def _make(self, name, parent):
        stem = slugify(name)[:50].strip("-") or _("topic")
        identifier, number = stem, 1
        while identifier in self.taken:
            number += 1
            identifier = f"{stem}-{number}"
        self.taken.add(identifier)
        topic = Topic.objects.create(
            identifier=identifier,
            name=name,
            parent=parent,
            locale=self.locale,
            translation_key=stable_key(f"topic:{identifier}"),
        )
        self.made.append(topic)
        return topic
