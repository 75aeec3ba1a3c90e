"""Base of the reports: computed rows, table, spreadsheet."""

from django.conf import settings
from django.urls import reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry

from quizzes.base.languages import describe_language
from quizzes.base.spreadsheets import safe_cell

WORKS_ON_PAGES = ["add", "change", "publish"]


class CourseReportView(ReportView):
    """A report with computed rows; subclasses give `columns`, `export_headings`, `get_rows`, `languages`."""

    template_name = "modules/admin/report.html"
    any_permission_required = WORKS_ON_PAGES
    is_searchable = False
    paginate_by = None
    explanation = ""
    languages = ()

    @property
    def language(self):
        return chosen_language(self.request, self.languages)

    @property
    def permission_policy(self):
        return policy_registry.get_by_type(Page)

    @property
    def list_export(self):
        return list(self.export_headings)

    def get_rows(self):
        raise NotImplementedError

    def get_filtered_queryset(self):
        return self.get_rows()

    def preprocess_field_value(self, field, value, export_format):
        cell = super().preprocess_field_value(field, value, export_format)
        return safe_cell(cell) if isinstance(cell, str) else cell

    def stream_csv(self, rows):
        # Without a byte order mark Excel does not read the accents.
        yield "\ufeff"
        yield from super().stream_csv(rows)

    def get_context_data(self, **kwargs):
        languages = languages_to_choose(self.request, self.languages)
        return super().get_context_data(explanation=self.explanation, languages=languages, **kwargs)


def chosen_language(request, languages):
    asked = request.GET.get("language")
    return asked if asked in languages else settings.LANGUAGE_CODE


def address_in(address, language):
    return address if language == settings.LANGUAGE_CODE else f"{address}?language={language}"


def languages_to_choose(request, languages):
    """Return [(code, name, whether it is selected)]; empty for a single language."""
    known = Locale.objects.filter(language_code__in=languages).values_list("language_code", flat=True)
    chosen = chosen_language(request, languages)
    codes = [code for code in languages if code in known]
    names = [(code, describe_language(code).native_name.capitalize(), code == chosen) for code in codes]
    return names if len(names) > 1 else []


class ReportMenuItem(MenuItem):
    def is_shown(self, request):
        policy = policy_registry.get_by_type(Page)
        return policy.user_has_any_permission(request.user, WORKS_ON_PAGES)


def menu_item(view, *, order):
    return ReportMenuItem(view.page_title, reverse(view.index_url_name), icon_name=view.header_icon, order=order)
