"""«Whom it affects»: whoever changes what the course asks is told first how many people that concerns, and asked.

It holds for every way that the admin has, whichever page, list, window or button: the change is made, looked at, and
taken back unless it was confirmed as it was shown. What changes no more than words passes as ever.
"""

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

# Where the course may be changed: pages, several at once, quizzes, and what programs ask.
PLACES = ("wagtailadmin_pages", "wagtailsnippets_quizzes_quiz", "wagtailadmin_api")
ADDRESSES = ("wagtail_bulk_action", "publish_affecting", "publish_without_review", "publish_told")
# What the page adds to the form that it sends again.
CHOICE, SEAL = "edition_for", "edition_seal"
FROM_NOW_ON, ALSO_THE_MIDDLE = "beginners", "middle"


def ask_first(view):
    """Decorate a view of the admin so that nobody changes the course by it without having been told whom it affects."""

    def answer(request, *args, **kwargs):
        if request.method != "POST" or not _may_change_the_course(request.resolver_match):
            return view(request, *args, **kwargs)
        request.asking = Asking(request)
        # In the language and the time zone of whoever asks, as Wagtail's own pages.
        return get_localized_response(lambda asked: asked.asking.answer(lambda: view(asked, *args, **kwargs)), request)

    return answer


def _may_change_the_course(match):
    return match.view_name in ADDRESSES or (bool(match.namespaces) and match.namespaces[0] in PLACES)


class Asking:
    """One posted form: it is done, and asked about where it changes what people have to do."""

    def __init__(self, request):
        self.request = request
        # A draft that was saved on the way stays where the rest is taken back.
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
        """Let what was saved until now stay, whatever is answered: the newest draft of a page or a quiz."""
        if isinstance(thing, Page) and thing.live and thing.first_published_at is None:
            # Wagtail adds a new page as if it was public, and publishes it next.
            thing.live = False
            thing.save(update_fields=["live"])
        self.draft, self.savepoint = thing.latest_revision, transaction.savepoint_create()

    def try_draft(self, quiz):
        """Publish the draft of a quiz and look; whether that is to be asked about. What it did is taken back here."""
        self.keep_draft(quiz)
        self.draft.publish(user=self.request.user, skip_permission_checks=True)
        self.found = change_of(self.waiting, self.before)
        transaction.savepoint_rollback(self.savepoint)
        return self.found is not None

    def take_back(self):
        # What the view said of it is not true.
        MessageMiddleware(lambda request: None).process_request(self.request)
        if self.savepoint:
            transaction.savepoint_rollback(self.savepoint)
        else:
            transaction.set_rollback(True)

    def confirmed(self, change):
        """Return what was chosen, where exactly this change was shown to this person, or None."""
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
        if _is_of_a_program(self.request):
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
        """Say what becomes of attempts at a quiz that is published; empty where nobody has begun it."""
        quiz = self.draft and self.draft.content_object
        people = people_of([quiz]) if isinstance(quiz, Quiz) else None
        return str(people) if people and people.begun else ""

    def verb(self, change):
        """Return what the button says that it does."""
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
        """Return the address where the person goes on if nothing shall change: the editor, or the page before."""
        draft = self.draft
        if draft is None and "revision_pk" in self.request.resolver_match.kwargs:
            draft = Revision.objects.filter(pk=self.request.resolver_match.kwargs["revision_pk"]).first()
        if draft:
            return AdminURLFinder(self.request.user).get_edit_url(draft.content_object)
        return self.request.get_full_path()

    def lead_to_a_page(self):
        """Answer a window of Wagtail's, which has no room for the question: the editor of the page has."""
        kwargs = self.request.resolver_match.kwargs
        page = next((kwargs[name] for name in ("page_id", "pk") if name in kwargs), None)
        address = reverse("wagtailadmin_pages:edit", args=[page]) if page else reverse("wagtailadmin_home")
        sentence = _(
            "Nothing was done yet: this changes what the course asks of people. Do it here, where you are told whom."
        )
        messages.warning(self.request, sentence)
        return JsonResponse({"step": "success", "redirect": address})


def _is_of_a_program(request):
    return "wagtailadmin_api" in request.resolver_match.namespaces


def keep_draft(request, thing):
    """Before a page or a quiz is published its draft is saved already: that stays while somebody is asked."""
    if asking := getattr(request, "asking", None):
        asking.keep_draft(thing)


def ask_about_quiz(request, thing):
    """Before a quiz is published: where that changes what people have to do one page asks, and tells the rest too."""
    asking = getattr(request, "asking", None)
    if asking and isinstance(thing, Quiz) and asking.try_draft(thing):
        return HttpResponse()
    return None


@require_POST
def publish_told(request, revision_pk):
    """Publish the draft whose effects were told, unless it has changed or somebody has saved another since."""
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
    """Return the proof that a draft, as it was saved then, was found without mistakes on its way to be published."""
    return Signer(salt="modules.publishing").signature(f"{revision.pk} {revision.created_at.isoformat()}")


class EditionCameIntoForce(LogFormatter):
    """How the history of an edition tells for whom it came into force."""

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
