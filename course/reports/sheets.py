"""A report as tables for a spreadsheet."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .definitions import definitions

OF_PEOPLE = ("people", "finishers", "finished", "began", "median_days", "issued", "renewed", "revoked")
OF_POSTS = ("finished", "began", "median_days", "issued", "renewed", "revoked")
OF_EDITIONS = ("finished", "median_days", "issued", "renewed", "revoked")
OF_PLACES = (*OF_PEOPLE, "sessions", "unlisted", "turnout")


def report_sheets(report, by_sex, *, made_by, now):
    """Return [(title, headings, rows)]: summary, a sheet for each breakdown, definitions."""
    total = report.total
    sheets = [
        (_("Summary"), [_("Figure"), _("Value")], _summary(report)),
        (_("Roles"), [_("Role"), *_headings(OF_PEOPLE)], _rows(report.roles, OF_PEOPLE, total)),
        (_("Job titles"), [_("Job title"), *_headings(OF_POSTS)], _rows(report.posts, OF_POSTS, total)),
        (
            _("Clinics"),
            [_("Clinic"), _("Health area"), *_headings(OF_PLACES)],
            [[line.name, line.area, *figures_of(line.figures, OF_PLACES)] for line in report.clinics]
            + [[_("Total"), None, *figures_of(total, OF_PLACES)]],
        ),
        (_("Health areas"), [_("Health area"), *_headings(OF_PLACES)], _rows(report.areas, OF_PLACES, total)),
        (_("Editions"), [_("Edition"), *_headings(OF_EDITIONS)], _rows(report.editions, OF_EDITIONS, total)),
    ]
    if by_sex:
        rows = [list(line) for line in by_sex.lines]
        sheets.append((_("Sex"), [_("Sex"), _("Have begun"), _("Have finished")], rows))
    return [*sheets, _definitions(report, made_by=made_by, now=now)]


def report_table(report):
    tables = [
        (_("Role"), report.roles),
        (_("Job title"), report.posts),
        (_("Health area"), report.areas),
        (_("Clinic"), report.clinics),
        (_("Edition"), report.editions),
    ]
    rows = [
        [*report.period, by, line.name, line.area, *figures_of(line.figures, OF_PLACES)]
        for by, lines in tables
        for line in lines
    ]
    rows.insert(0, [*report.period, _("Total"), "", "", *figures_of(report.total, OF_PLACES)])
    headings = [_("From"), _("Up to and with"), pgettext("report", "By"), _("Name"), _("Health area")]
    return [*headings, *_headings(OF_PLACES)], rows


def figures_of(figures, names):
    cells = []
    for name in names:
        cells += list(figures.turnout) if name == "turnout" else [getattr(figures, name)]
    return cells


def _headings(names):
    known = definitions()
    headings = []
    for name in names:
        headings += [_("Attended"), _("Expected")] if name == "turnout" else [known[name].name]
    return headings


def _rows(lines, names, total):
    rows = [[line.name, *figures_of(line.figures, names)] for line in lines]
    return [*rows, [_("Total"), *figures_of(total, names)]]


def _summary(report):
    figures = zip(_headings(OF_PLACES), figures_of(report.total, OF_PLACES), strict=True)
    return [[_("From"), report.period.since], [_("Up to and with"), report.period.until], *map(list, figures)]


def _definitions(report, *, made_by, now):
    headings = [_("Figure"), _("What it means"), _("Where it comes from")]
    rows = [[one.name, one.meaning, one.source] for one in definitions().values()]
    period = _("%(since)s to %(until)s") % {"since": report.period.since, "until": report.period.until}
    rows += [
        [_("Period"), period, ""],
        [_("Made at"), now, str(timezone.get_current_timezone())],
        [_("What it holds"), whose_words(report.scope), str(made_by)],
    ]
    return (_("Definitions"), headings, rows)


def whose_words(scope):
    if scope.user.administers:
        return _("All groups and health areas.")
    if scope.leads:
        return _("The groups that you may open and the health areas that you lead.")
    return _("The groups that you train.")
