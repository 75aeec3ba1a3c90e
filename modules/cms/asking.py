"""Confirmation page in the admin for changes that affect learners."""

from django.contrib.messages.middleware import MessageMiddleware
from django.core.signing import Signer
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.localization import get_localized_response
from wagtail.log_actions import LogFormatter
from wagtail.models import Page, Revision

from modules.progress.effects import carry_out, change_of, course_before
from modules.progress.following import holding_back
from modules.progress.telling import (
    tell_choices,
    tell_difference,
    tell_empty_modules,
    tell_outcome,
    tell_people,
    tell_quizzes_closed,
)
from quizzes.bank.effects import people_of
from quizzes.models import Quiz

# URL namespaces and view names whose views can change the course.
PLACES = ("wagtailadmin_pages", "wagtailsnippets_quizzes_quiz", "wagtailadmin_api")
ADDRESSES = ("wagtail_bulk_action", "publish_affecting", "publish_without_review", "publish_told")
CHOICE, SEAL = "edition_for", "edition_seal"
FROM_NOW_ON, ALSO_THE_MIDDLE = "beginners", "middle"


def ask_first(view):
    """Run an admin view in a transaction, roll it back if it changes requirements, and ask for confirmation."""

    def answer(request, *args, **kwargs):
        if request.method != "POST" or not _may_change_the_course(request.resolver_match):
            return view(request, *args, **kwargs)
        request.asking = Asking(request)
        # In the user's language and time zone, as Wagtail's own pages.
        return get_localized_response(lambda asked: asked.asking.answer(lambda: view(asked, *args, **kwargs)), request)

    return answer


def _may_change_the_course(match):
    return match.view_name in ADDRESSES or (bool(match.namespaces) and match.namespaces[0] in PLACES)


class Asking:
    def __init__(self, request):
        self.request = request
        self.draft = self.savepoint = None
        self.waiting = self.before = self.found = None

    def answer(self, post):
        with transaction.atomic(), holding_back() as waiting:
            self.waiting, self.before = waiting, course_before()
            response = post()
            change = self.found or change_of(waiting, self.before)
            if change is None:
                waiting.follow(by=self.request.user)
                return response
            if choice := self.confirmed(change):
                self.tell(carry_out(waiting, change, also_the_middle=choice == ALSO_THE_MIDDLE, by=self.request.user))
                return response
            self.take_back()
        return self.ask(change)

    def keep_draft(self, thing):
        if isinstance(thing, Page) and thing.live and thing.first_published_at is None:
            # Wagtail saves a new page as live before it publishes it.
            thing.live = False
            thing.save(update_fields=["live"])
        self.draft, self.savepoint = thing.latest_revision, transaction.savepoint_create()

    def try_draft(self, quiz):
        self.keep_draft(quiz)
        self.draft.publish(user=self.request.user, skip_permission_checks=True)
        self.found = change_of(self.waiting, self.before)
        transaction.savepoint_rollback(self.savepoint)
        return self.found is not None

    def take_back(self):
        # Discard the messages of the view that is rolled back.
        MessageMiddleware(lambda request: None).process_request(self.request)
        if self.savepoint:
            transaction.savepoint_rollback(self.savepoint)
        else:
            transaction.set_rollback(True)

    def confirmed(self, change):
        """Return the choice if the person confirmed exactly this change, else None."""
        posted = self.request.POST
        choices = (FROM_NOW_ON, ALSO_THE_MIDDLE) if change.asks else (FROM_NOW_ON,)
        is_as_shown = constant_time_compare(posted.get(SEAL, ""), self.seal(change, self.request.get_full_path()))
        return posted.get(CHOICE) if is_as_shown and posted.get(CHOICE) in choices else None

    def seal(self, change, address):
        return Signer(salt="modules.asking").signature(f"{self.request.user.pk} {address} {change.fingerprint}")

    def tell(self, outcome):
        if outcome:
            messages.success(self.request, " ".join(tell_outcome(outcome)))

    def ask(self, change):
        if self.request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return self.lead_to_a_page()
        if "wagtailadmin_api" in self.request.resolver_match.namespaces:
            sentence = _("This changes what the course asks of people. Do it in the admin, which says whom it affects.")
            return JsonResponse({"detail": sentence}, status=409)
        address = reverse("publish_told", args=[self.draft.pk]) if self.draft else self.request.get_full_path()
        from_now_on, also_the_middle = tell_choices(change)
        context = {
            "change": change,
            "empty": tell_empty_modules(change),
            "from_now_on": from_now_on,
            "also_the_middle": also_the_middle,
            "verb": self.verb(change),
            "closed": tell_quizzes_closed(change.closed),
            "difference": tell_difference(change.difference),
            "people": tell_people(change),
            "results": self.results(),
            "address": address,
            "fields": [("draft", seal_of_draft(self.draft))] if self.draft else self.posted_fields(),
            "seal": self.seal(change, address),
            "draft": self.draft,
            "back": self.way_back(),
            "is_stale": SEAL in self.request.POST,
        }
        return render(self.request, "modules/admin/whom_it_affects.html", context)

    def results(self):
        quiz = self.draft and self.draft.content_object
        people = people_of([quiz]) if isinstance(quiz, Quiz) else None
        return str(people) if people and people.begun else ""

    def verb(self, change):
        match = self.request.resolver_match
        done = match.kwargs.get("action", match.url_name.rsplit(":")[-1])
        if change.later:
            return _("Schedule it")
        verbs = {
            "publish": _("Publish it"),
            "unpublish": _("Unpublish it"),
            "delete": _("Delete it"),
            "move": _("Move it"),
            "move_confirm": _("Move it"),
        }
        return verbs["publish"] if self.draft else verbs.get(done, _("Do it"))

    def posted_fields(self):
        ours = (CHOICE, SEAL, "csrfmiddlewaretoken")
        return [(name, value) for name, values in self.request.POST.lists() if name not in ours for value in values]

    def way_back(self):
        draft = self.draft
        if draft is None and "revision_pk" in self.request.resolver_match.kwargs:
            draft = Revision.objects.filter(pk=self.request.resolver_match.kwargs["revision_pk"]).first()
        if draft:
            return AdminURLFinder(self.request.user).get_edit_url(draft.content_object)
        return self.request.get_full_path()

    def lead_to_a_page(self):
        """Redirect a modal of Wagtail to the editor of the page, which can ask."""
        kwargs = self.request.resolver_match.kwargs
        page = next((kwargs[name] for name in ("page_id", "pk") if name in kwargs), None)
        address = reverse("wagtailadmin_pages:edit", args=[page]) if page else reverse("wagtailadmin_home")
        sentence = _(
            "Nothing was done yet: this changes what the course asks of people. Do it here, where you are told whom."
        )
        messages.warning(self.request, sentence)
        return JsonResponse({"step": "success", "redirect": address})


def keep_draft(request, thing):
    if asking := getattr(request, "asking", None):
        asking.keep_draft(thing)


def ask_about_quiz(request, thing):
    asking = getattr(request, "asking", None)
    if asking and isinstance(thing, Quiz) and asking.try_draft(thing):
        return HttpResponse()
    return None


@require_POST
def publish_told(request, revision_pk):
    """Publish the confirmed draft unless it changed or a newer one was saved."""
    revision = get_object_or_404(Revision, pk=revision_pk)
    thing = revision.content_object
    edit_address = AdminURLFinder(request.user).get_edit_url(thing)
    is_as_saved = constant_time_compare(request.POST.get("draft", ""), seal_of_draft(revision))
    if edit_address is None or not is_as_saved or not revision.is_latest_revision():
        messages.warning(request, _("Somebody has changed this since. Look at it once more before you publish it."))
        return redirect(edit_address or "wagtailadmin_home")
    revision.publish(user=request.user)
    messages.success(request, _("“%(title)s” is published.") % {"title": revision.object_str})
    if isinstance(thing, Page):
        return redirect("wagtailadmin_explore", thing.get_parent().pk)
    return redirect(thing.snippet_viewset.get_url_name("list"))


def seal_of_draft(revision):
    """Return a signature that this draft was validated for publishing."""
    return Signer(salt="modules.publishing").signature(f"{revision.pk} {revision.created_at.isoformat()}")


class EditionCameIntoForce(LogFormatter):
    label = gettext_lazy("Edition in force")

    def format_message(self, entry):
        did = {"moved": 0, "stay": 0, "finished": 0} | entry.data.get("did", {})
        holds = _("In force for whoever begins from then on.")
        if entry.data.get("for") == ALSO_THE_MIDDLE:
            holds = _("In force, also for those in the middle.")
        sentence = _(
            "Moved to the new edition: %(moved)d. Still on an earlier one: %(stay)d. "
            "Finished by the change: %(finished)d."
        )
        return f"{holds} {sentence % did}"
