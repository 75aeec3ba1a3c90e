"""URLs and menu entries of the reports."""

from django.urls import path, reverse
from wagtail import hooks

from modules.cms.reports.listing import menu_item
from modules.cms.reports.translations import TranslationsReport, translations_paths
from modules.cms.reports.unverified import UnverifiedReport, print_unverified


@hooks.register("register_admin_urls")
def add_reports():
    return [
        path("reports/unverified/", UnverifiedReport.as_view(), name=UnverifiedReport.index_url_name),
        path("reports/unverified/print/", print_unverified, name="unverified_print"),
        *translations_paths(),
    ]


@hooks.register("register_reports_menu_item")
def put_unverified_in_the_menu():
    return menu_item(UnverifiedReport, order=110)


@hooks.register("register_reports_menu_item")
def put_translations_in_the_menu():
    return menu_item(TranslationsReport, order=115)


@hooks.register("construct_reports_menu")
def leave_one_report_of_translations(request, items):
    """Remove the report of wagtail-localize, which has the same name and knows fewer translations."""
    items[:] = [item for item in items if item.url != reverse("wagtail_localize:translations_report")]
