"""Menu of the desk, form errors, addresses of plans, refresher cases, printed sheets."""

from datetime import date
from typing import NamedTuple

from django import template
from django.contrib.messages import ERROR
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from course.groups.waiting import waiting_for
from course.groups.writing import chat_with
from course.mistakes import Mistake, mistakes_of
from course.paper.printing import picture_name, spot_name
from course.paper.sheets import grouped
from course.people.enrolment import new_to
from course.people.identifiers import phone_in_words
from course.refresher_cases import next_day, offered_week
from course.reminders.cases import takes_letters

register = template.Library()

# The places of a group and what each is called, each with the pages that are reached from it. Whatever is named
# nowhere, such as the page of a person, is reached from the grid.
GROUP_PLACES = [
    ("desk_cohort", pgettext_lazy("place of a group", "Progress"), ()),
    ("desk_roster", _("Add people"), ("desk_roster_plan", "desk_archive")),
    ("desk_cards", _("Cards"), ("desk_card_print",)),
    (
        "desk_sessions",
        _("Sessions"),
        ("desk_session", "desk_session_change", "desk_session_delete", "desk_add_to_session", "desk_stage"),
    ),
    ("desk_papers", _("On paper"), ("desk_paper", "desk_paper_print", "desk_entry", "desk_enter_sheet")),
    ("desk_cohort_certificates", _("Certificates"), ("desk_batch", "desk_begin_anew")),
    (
        "desk_change_group",
        pgettext_lazy("place of a group", "Settings"),
        ("desk_call_rules", "desk_audit", "desk_hand_over"),
    ),
]


@register.inclusion_tag("desk/menu.html", takes_context=True)
def desk_menu(context, here=""):
    """Show where one can go from here.

    On a page about a group (`cohort` in the context) these are the places of the group; elsewhere, or where `here`
    names one of them, those of the desk with how much waits in each: one query.
    """
    page = context["request"].resolver_match.url_name
    if here or "cohort" not in context or context["cohort"] is None:
        return {"waiting": waiting_for(context["request"].user), "here": here, "page": page}
    return {"cohort": context["cohort"], "places": _places_around(page)}


def _places_around(page):
    """Return [(address, words, aria-current)] of a group's places, for whoever is on the page of that name."""
    below = next((place for place, _words, pages in GROUP_PLACES if page in pages), GROUP_PLACES[0][0])
    here = page if any(page == place for place, _words, _pages in GROUP_PLACES) else below
    return [
        (place, words, ("page" if place == page else "true") if place == here else "")
        for place, words, _pages in GROUP_PLACES
    ]


@register.inclusion_tag("desk/handed_over.html", takes_context=True)
def handed_over(context):
    """Tell who got groups in the last month from whom, with the note; on a page of a group of that alone. A query."""
    handovers = new_to(context["request"].user, now=timezone.now())
    cohort = context.get("cohort")
    return {"handovers": handovers.filter(cohort=cohort) if cohort else handovers, "cohort": cohort}


@register.filter
def phone_words(phone):
    """Return a kept number as people read it."""
    return phone_in_words(phone)


@register.filter
def chat(learner, words):
    """Return the address that opens a chat with a person who has a telephone."""
    return chat_with(learner.phone, words)


@register.inclusion_tag("desk/table_files.html", takes_context=True)
def table_files(context, name, *arguments, prints=True):
    """Offer the table of a page on paper, as XLSX and as CSV: the addresses `<name>_xlsx` and `<name>_csv`.

    The files are filtered and sorted as the page is, and hold all of its pages.
    """
    asked = context["request"].GET.copy()
    asked.pop("pagina", None)
    query = f"?{asked.urlencode()}" if asked else ""
    xlsx, csv = (reverse(f"{name}_{ending}", args=arguments) for ending in ("xlsx", "csv"))
    return {
        "xlsx": xlsx,
        "csv": csv,
        "query": query,
        "prints": prints,
        "cohort": context.get("cohort"),
        "now": timezone.now(),
    }


@register.simple_tag(takes_context=True)
def mistakes(context):
    """Return the Mistakes of a page, in the order in which it shows them.

    They come from the messages that say an error (`extra_tags` names the control), from `problem` (a sentence, with
    its control in `problem_at`), from `refused` ([(sentence, control)]), and from the forms `form` and `file_form`.
    """
    found = [
        Mistake(str(message), message.extra_tags or "")
        for message in context.get("messages") or ()
        if message.level >= ERROR
    ]
    if problem := context.get("problem"):
        found.append(Mistake(str(problem), context.get("problem_at", "")))
    found += [Mistake(*one) for one in context.get("refused") or ()]
    for name in ("form", "file_form"):
        found += mistakes_of(context.get(name))
    return found


@register.simple_tag(takes_context=True)
def plan_url(context, page="", *arguments):
    """Return the address of a page of the plan that is shown; `plan_pages` says whose: (name, arguments)."""
    name, first = context["plan_pages"]
    return reverse(f"{name}_{page}" if page else name, args=[*first, *arguments])


class Reviews(NamedTuple):
    """The week of the review that is there, the day of the next one, and whether a letter says that it is there."""

    week: int | None = None
    next_on: date | None = None
    writes: bool = False


@register.simple_tag
def reviews_of(person, progress):
    """Return the Reviews of whoever finished (CourseProgress), in two queries at most."""
    # Without a record of the finishing nothing comes.
    if progress.record_key is None:
        return Reviews()
    now = timezone.now()
    next_on = next_day(progress.recorded_at, now=now)
    return Reviews(
        offered_week(person, progress.record_key, progress.recorded_at, now=now),
        next_on,
        next_on is not None and takes_letters(person),
    )


register.filter("picture_name", picture_name)
register.filter("spot_name", spot_name)
register.filter("grouped_code", grouped)
