"""The menu of the trainer's desk, and what stands above each of its tables."""

from django import template
from django.urls import reverse
from django.utils import timezone

from course.desk.waiting import waiting_for

register = template.Library()


@register.inclusion_tag("desk/menu.html", takes_context=True)
def desk_menu(context, here=""):
    """Show the places of the desk, with how much waits in each: one query."""
    return {"waiting": waiting_for(context["request"].user), "here": here}


@register.inclusion_tag("desk/table_files.html", takes_context=True)
def table_files(context, name, *arguments, prints=True):
    """Offer the table of a page on paper, as XLSX and as CSV: the addresses `<name>_xlsx` and `<name>_csv`.

    The files are filtered and sorted as the page is, and hold all of its pages.
    """
    asked = context["request"].GET.copy()
    asked.pop("pagina", None)
    query = f"?{asked.urlencode()}" if asked else ""
    xlsx, csv = (reverse(f"{name}_{ending}", args=arguments) + query for ending in ("xlsx", "csv"))
    return {"xlsx": xlsx, "csv": csv, "prints": prints, "cohort": context.get("cohort"), "now": timezone.now()}
