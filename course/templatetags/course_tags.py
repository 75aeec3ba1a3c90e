"""Menu of the desk, form errors, addresses of plans, refresher cases, printed sheets."""

from django import template
from django.contrib.messages import ERROR
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from course.errors import FormError, form_errors
from course.groups.calling import chat_with
from course.groups.marking import waiting_for
from course.paper.printing import picture_name, spot_name
from course.paper.sheets import grouped
from course.people.enrolment import recent_handovers_to
from course.people.identifiers import format_phone
from course.refresher_cases import next_due_day, offered_week
from course.reminders.asking import takes_letters

register = template.Library()

# (view name, label, views below it). Views that are named nowhere, such as the page of a person, are below the grid.
GROUP_PLACES = [
    ("desk_cohort", pgettext_lazy("place of a group", "Progress"), ()),
    ("desk_roster", _("Add people"), ("desk_roster_plan", "desk_archive")),
    ("desk_cards", _("Cards"), ()),
    (
        "desk_sessions",
        _("Sessions"),
        ("desk_session", "desk_session_change", "desk_session_delete", "desk_add_to_session", "desk_stage"),
    ),
    ("desk_papers", _("On paper"), ("desk_paper", "desk_entry", "desk_enter_sheet")),
    ("desk_cohort_certificates", _("Certificates"), ("desk_begin_anew",)),
    (
        "desk_change_group",
        pgettext_lazy("place of a group", "Settings"),
        ("desk_call_rules", "desk_audit", "desk_hand_over"),
    ),
]


@register.inclusion_tag("desk/menu.html", takes_context=True)
def desk_menu(context, here=""):
    """Show the menu of the group in `cohort`; without it, or with `here`, the menu of the desk."""
    page = context["request"].resolver_match.url_name
    if here or "cohort" not in context or context["cohort"] is None:
        return {"waiting": waiting_for(context["request"].user), "here": here, "page": page}
    return {"cohort": context["cohort"], "places": _places_around(page, context.get("place"))}


def _places_around(page, here=None):
    here = here or next((place for place, _label, pages in GROUP_PLACES if page in (place, *pages)), GROUP_PLACES[0][0])
    return [
        (place, label, ("page" if place == page else "true") if place == here else "")
        for place, label, _pages in GROUP_PLACES
    ]


@register.inclusion_tag("desk/handed_over.html", takes_context=True)
def handed_over(context):
    handovers = recent_handovers_to(context["request"].user, now=timezone.now())
    cohort = context.get("cohort")
    return {"handovers": handovers.filter(cohort=cohort) if cohort else handovers, "cohort": cohort}


@register.filter
def chat(learner, text):
    return chat_with(learner.phone, text)


@register.inclusion_tag("desk/table_files.html", takes_context=True)
def table_files(context, name, *arguments, prints=True):
    """Link a table as print, XLSX and CSV: URLs `<name>_xlsx` and `<name>_csv`."""
    query = context["request"].GET.copy()
    query.pop("pagina", None)
    query = f"?{query.urlencode()}" if query else ""
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
def page_errors(context):
    """Return the FormErrors of messages, `problem` at `problem_at`, `refused`, `form` and `file_form`."""
    found = [
        FormError(str(message), message.extra_tags or "")
        for message in context.get("messages") or ()
        if message.level >= ERROR
    ]
    if problem := context.get("problem"):
        found.append(FormError(str(problem), context.get("problem_at", "")))
    found += [FormError(*refusal) for refusal in context.get("refused") or ()]
    for name in ("form", "file_form"):
        found += form_errors(context.get(name))
    return found


@register.simple_tag(takes_context=True)
def plan_url(context, page="", *arguments):
    """Return the address of a page of the plan; `plan_pages` is (view name, first arguments)."""
    name, first = context["plan_pages"]
    return reverse(f"{name}_{page}" if page else name, args=[*first, *arguments])


@register.simple_tag
def refresher_cases(person, progress):
    if progress.record_key is None:
        return {}
    now = timezone.now()
    next_on = next_due_day(progress.recorded_at, now=now)
    week = offered_week(person, progress.record_key, progress.recorded_at, now=now)
    return {"week": week, "next_on": next_on, "writes": next_on is not None and takes_letters(person)}


register.filter("phone_words", format_phone)
register.filter("picture_name", picture_name)
register.filter("spot_name", spot_name)
register.filter("grouped_code", grouped)
