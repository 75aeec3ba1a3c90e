"""Report «Por verificar»: facts to verify locally."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import permission_denied
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page
from wagtail.permissions import policy_registry

from modules.reviews.unverified import unverified_items

from .listing import WORKS_ON_PAGES, CourseReportView, address_in, chosen_language

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class UnverifiedReport(CourseReportView):
    page_title = _("To be verified")
    header_icon = "warning"
    index_url_name = "unverified_report"
    explanation = _(
        "Everything that the published course says and nobody has verified here. Learners see “not verified” beside "
        "it. Ask, correct the text, and take out [VL]; of an organisation write down who called and when."
    )
    columns = [
        TitleColumn("name", label=_("Where"), get_url=lambda item: item.address, width="12%"),
        Column("title", label=_("Title")),
        Column("place", label=_("Place in it")),
        Column("sentence", label=_("What it says")),
    ]
    export_headings = {column.name: column.label for column in columns} | {
        "verified": _("Verified"),
        "by": _("By"),
        "on": _("Date"),
    }
    export_filename = "por-verificar"
    languages = LANGUAGES

    def get_rows(self):
        return unverified_items(self.language, today=timezone.localdate())

    def to_row_dict(self, item):
        """Add three empty columns to fill in by hand."""
        return {name: getattr(item, name, "") for name in self.list_export}

    @property
    def header_buttons(self):
        return [
            HeaderButton(
                _("Print the list"), url=address_in(reverse("unverified_print"), self.language), icon_name="doc-full"
            )
        ]


def print_unverified(request):
    if not policy_registry.get_by_type(Page).user_has_any_permission(request.user, WORKS_ON_PAGES):
        return permission_denied(request)
    today = timezone.localdate()
    items = unverified_items(chosen_language(request, LANGUAGES), today=today)
    return render(request, "modules/admin/unverified_print.html", {"items": items, "today": today})
