"""Publishing of changes that affect learners: panel and confirmation."""

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.models import Revision

from quizzes.bank.effects import effects_of
from quizzes.models import Question, Quiz, Stimulus

AFFECTING = (Question, Stimulus, Quiz)


class EffectsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/effects_panel.html"

        def is_shown(self):
            return self.instance.pk is not None and isinstance(self.instance, AFFECTING)

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | tell_effects(self.instance)


def tell_effects(thing):
    return {"effects": effects_of(thing), "is_quiz": isinstance(thing, Quiz), "is_case": isinstance(thing, Stimulus)}


def ask_before_publishing(request, thing):
    """Return the confirmation page if publishing affects learners; the draft is saved already."""
    if not isinstance(thing, AFFECTING):
        return None
    told = tell_effects(thing)
    if not told["effects"].people.begun:
        return None
    revision = thing.latest_revision
    context = {"thing": thing, "revision": revision, "seal": seal(revision), "edit_address": edit_address(thing)}
    return render(request, "quizzes/admin/publish_affecting.html", told | context)


@require_POST
def publish_affecting(request, revision_pk):
    """Publish the confirmed draft, unless it has changed or a newer one exists."""
    revision = get_object_or_404(Revision, pk=revision_pk)
    thing = revision.content_object
    if not isinstance(thing, AFFECTING) or not may_publish(request.user, thing):
        raise PermissionDenied
    is_as_shown = constant_time_compare(request.POST.get("seal", ""), seal(revision))
    if not is_as_shown or not revision.is_latest_revision():
        messages.warning(request, _("Somebody has changed this since. Look at it once more before you publish it."))
        return redirect(edit_address(thing))
    people = effects_of(thing).people
    revision.publish(user=request.user, skip_permission_checks=True)
    messages.success(
        request, _("“%(thing)s” is published. %(people)s.") % {"thing": revision.object_str, "people": people}
    )
    return redirect(thing.snippet_viewset.get_url_name("list"))


def seal(revision):
    """Sign the content of a revision, because autosave changes a revision in place."""
    return Signer(salt="quizzes.publishing").signature(f"{revision.pk} {revision.created_at.isoformat()}")


def may_publish(user, thing):
    return thing.snippet_viewset.permission_policy.user_has_permission(user, "publish")


def edit_address(thing):
    return reverse(thing.snippet_viewset.get_url_name("edit"), args=[quote(thing.pk)])
