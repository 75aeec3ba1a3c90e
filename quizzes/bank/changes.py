"""Bulk changes of questions, in published versions and drafts."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex, Revision

from quizzes.kinds import KINDS
from quizzes.models import Attempt, Question

from .cases import find_no_room
from .usage import find_uses


@transaction.atomic
def move_questions(questions, topic, *, by):
    def move(question):
        question.topic = topic

    _change(questions, move, by=by)


@transaction.atomic
def tag_questions(questions, *, add=(), remove=(), by):
    def tag(question):
        question.tags.remove(*remove)
        question.tags.add(*add)

    _change(questions, tag, by=by)


@transaction.atomic
def place_questions(questions, *, by):
    """Number the questions of a case in this order."""
    places = {question.pk: place for place, question in enumerate(questions, start=1)}

    def place(question):
        question.case_place = places[question.pk]

    _change(questions, place, by=by)


@transaction.atomic
def publish_questions(questions, *, by):
    for question in _lock(questions):
        if question.has_unpublished_changes or not question.live:
            revision = question.latest_revision or question.save_revision(user=by)
            revision.publish(user=by)


@transaction.atomic
def unpublish_questions(questions, *, by):
    for question in _lock(questions):
        if question.live:
            question.unpublish(user=by)


def find_unpublishable(questions):
    """Yield (question, why) of questions that an editor has to look at first."""
    waiting = [question for question in questions if question.has_unpublished_changes or not question.live]
    uses = find_uses(waiting)
    keys = {use.quiz.translation_key for question in waiting for use in uses[question.pk]}
    begun = set(Attempt.objects.filter(quiz_key__in=keys).order_by().values_list("quiz_key", flat=True).distinct())
    for question in waiting:
        if sentence := find_unfinished(question.get_latest_revision_as_object()):
            yield question, sentence
        elif any(use.quiz.translation_key in begun for use in uses[question.pk]):
            yield question, _("People have begun a quiz with it: publish it by itself, where you see whom it affects.")


def find_unfinished(question):
    """Return the first thing that prevents publishing, or nothing."""
    if question.image_id and not question.image_text.strip():
        return _("Nobody has written what its image shows.")
    if sentence := find_no_room(question.case, question):
        return sentence
    about = {"text": question.text, "has_image": bool(question.image_id)}
    sentences = KINDS[question.kind].check(list(question.choices.all()), **about)
    return next((str(sentence) for sentence in sentences), "")


def _change(questions, change, *, by):
    locked = _lock(questions)
    for question in locked:
        change(question)
        question.tagged_items.commit()
    Question.objects.bulk_update(locked, ["topic", "case_place"])
    _keep_revisions([question for question in locked if _is_as_published(question)], by)
    for question in locked:
        if not _is_as_published(question):
            draft = question.get_latest_revision_as_object()
            change(draft)
            draft.save_revision(user=by, log_action=True)
        ReferenceIndex.create_or_update_for_object(question)


def _is_as_published(question):
    return question.live and not question.has_unpublished_changes


def _keep_revisions(questions, by):
    content_type, now = ContentType.objects.get_for_model(Question), timezone.now()
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=content_type,
            base_content_type=content_type,
            object_id=str(question.pk),
            created_at=now,
            user=by,
            object_str=str(question),
            content=question.serializable_data(),
        )
        for question in questions
    )
    for question, revision in zip(questions, revisions, strict=True):
        question.latest_revision = question.live_revision = revision
        log(instance=question, action="wagtail.publish", user=by, revision=revision, content_changed=True)
    Question.objects.bulk_update(questions, ["latest_revision", "live_revision"])


def _lock(questions):
    return list(
        Question.objects.select_for_update()
        .filter(pk__in=[question.pk for question in questions])
        .order_by("pk")
        .prefetch_related("choices", "sources", "tagged_items__tag")
    )
