"""Report «Por revisar»: due reviews, organisations to check, ending consents."""

from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from modules.models import Organisation
from modules.reviews.due import DueKind, Why, everything_due

from .listing import CourseReportView


class DueFilterSet(WagtailFilterSet):
    kind = ChoiceFilter(label=_("What is due"), choices=DueKind, empty_label=_("All"))
    why = ChoiceFilter(label=_("Why"), choices=Why, empty_label=_("All"))

    class Meta:
        model = Organisation
        fields = []

    def filter_queryset(self, rows):
        wanted = {name: value for name, value in self.form.cleaned_data.items() if value}
        return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


class WhyColumn(Column):
    def get_value(self, row):
        if not row.changes:
            return row.why.label
        return format_html('{} · <a href="{}">{}</a>', row.why.label, row.changes, _("What changed"))


class DueReport(CourseReportView):
    page_title = _("To be reviewed")
    header_icon = "tasks"
    index_url_name = "due_report"
    index_results_url_name = "due_report_results"
    explanation = _(
        "What people read now whose review is missing, is older than a year or is of an earlier text, "
        "organisations that nobody has called in the last 90 days, and consents of people whom one sees or hears that "
        "are missing, over, or end within a month."
    )
    filterset_class = DueFilterSet
    columns = [
        TitleColumn("title", label=_("Page, organisation or person"), get_url=lambda row: row.address),
        Column("kind", label=_("What is due"), accessor=lambda row: row.kind.label),
        WhyColumn("why", label=_("Why")),
        Column("last_on", label=_("Last done on"), accessor=lambda row: row.last_on and date_format(row.last_on)),
        Column("last_by", label=_("Last done by")),
        Column("note", label=_("Reason for publishing without review")),
    ]
    export_headings = {
        "title": _("Page, organisation or person"),
        "kind.label": _("What is due"),
        "why.label": _("Why"),
        "last_on": _("Last done on"),
        "last_by": _("Last done by"),
        "note": _("Reason for publishing without review"),
    }
    export_filename = "por-revisar"

    def get_rows(self):
        rows = everything_due(timezone.localdate())
        return self.filters.filter_queryset(rows) if self.filters and self.filters.is_valid() else rows


def due_report_paths():
    return [
        path("reports/due/", DueReport.as_view(), name=DueReport.index_url_name),
        path("reports/due/results/", DueReport.as_view(results_only=True), name=DueReport.index_results_url_name),
    ]
