"""Sentences about a review decision."""

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.models import TaskState

from modules.models import Review, ReviewTaskState
from modules.models.reviews import unapproved_reviews
from modules.page_ids import page_id
from quizzes.base.formats import quote


def names_of(reviews):
    """Return «legal review and peer review»."""
    return get_text_list([str(review.label).lower() for review in reviews], _("and"))


def decision_of(user, state_pk):
    decided = [TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED]
    return ReviewTaskState.objects.filter(pk=state_pk, finished_by=user, status__in=decided).first()


def tell_decision(state):
    page = state.revision.content_object
    page = type(page).objects.get(pk=page.pk)
    review = Review(state.task.specific.review)
    names = {"title": _title_of(page, state), "review": names_of([review]), "credit": state.credit}
    if state.status == TaskState.STATUS_REJECTED:
        return " ".join([_tell_rejected(state, names), *_tell_what_is_read(page)])
    if state.credit:
        sentence = _("%(title)s: the %(review)s is approved, in the name of %(credit)s.") % names
    else:
        sentence = _("%(title)s: the %(review)s is approved.") % names
    return " ".join([sentence, *_tell_what_comes_next(page, state)])


def _title_of(page, state):
    title = state.revision.content.get("title") or page.title
    identifier = page_id(page.translation_key)
    return f"{quote(title)} ({identifier})" if identifier else quote(title)


def _tell_rejected(state, names):
    sender = state.workflow_state.requested_by
    if sender is None:
        return _(
            "%(title)s: you asked for changes (%(review)s). It stays a draft until it is sent to review again."
        ) % (names)
    names["person"] = sender.get_full_name() or str(sender)
    return (
        _(
            "%(title)s: you asked for changes (%(review)s). It stays a draft; %(person)s, who sent it, reads on the "
            "page what you wrote, and sends it to review again."
        )
        % names
    )


def _tell_what_comes_next(page, state):
    if page.live and page.live_revision_id == state.revision_id:
        return _tell_public(page)
    revision = state.revision
    if revision.approved_go_live_at:
        moment = date_format(localtime(revision.approved_go_live_at), "DATETIME_FORMAT")
        return [_("It becomes public on %(moment)s.") % {"moment": moment}, *_tell_what_is_read(page)]
    missing = unapproved_reviews(page, page.latest_revision)
    waiting = page.current_workflow_task
    if waiting:
        return [*_tell_waiting(missing, waiting.specific), *_tell_what_is_read(page)]
    if missing:
        sentence = _("It is not public: still missing is the %(reviews)s, and nobody has it to do. Send it to review.")
        return [sentence % {"reviews": names_of(missing)}, *_tell_what_is_read(page)]
    return [_("It stays a draft."), *_tell_what_is_read(page)]


def _tell_public(page):
    parent = page.get_parent()
    if parent.live:
        return [_("It is public from now on.")]
    return [_("It is published; people read it once “%(title)s” is public too.") % {"title": parent.title}]


def _tell_waiting(missing, task):
    groups = list(task.groups.all()) if hasattr(task, "groups") else []
    names = {"reviews": names_of(missing), "step": task.name, "groups": _in_quotes(groups)}
    if not missing:
        return [_("It is not public yet: the step “%(step)s” comes next.") % names]
    if not any(group.user_set.filter(is_active=True).exists() for group in groups):
        return [
            _(
                "It is not public yet: still missing is the %(reviews)s, and nobody is in the group %(groups)s. An "
                "administrator puts somebody in it."
            )
            % names
        ]
    return [
        _(
            "It is not public yet: still missing is the %(reviews)s. The group %(groups)s has it to do, and finds it "
            "on its first page of the CMS."
        )
        % names
    ]


def _in_quotes(groups):
    return get_text_list([quote(group) for group in groups], _("or"))


def _tell_what_is_read(page):
    return [_("Until then people read the text that is published now.")] if page.live else []
