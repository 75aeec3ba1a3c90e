"""The menu of the trainer's desk (its places, or within a group those of the group), and what is above its tables."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from course.groups.waiting import waiting_for
from course.groups.writing import chat_with
from course.people.handing_over import new_to
from course.people.phones import phone_in_words

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
