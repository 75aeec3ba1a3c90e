"""What the desk hands on as a file: never kept by a browser or a cache, and tables always as XLSX and as CSV."""

from django.utils import timezone

from course.people.audit import audit_log
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv, table_xlsx

from .spreadsheets import file_name


def send_table(request, ending, title, table, *, cohort=None, people=None):
    """Return a table, (headings, rows), as the file that the address ends with, and keep that it was exported.

    `people` is how many are in it, where it is about people.
    """
    now = timezone.now()
    audit_log("table_exported", by=request.user, cohort=cohort, subject=title, people=people, now=now)
    return table_file(ending, title, table, cohort=cohort, now=now)


def table_file(ending, title, table, *, cohort=None, now):
    """Return a table as XLSX or CSV; whoever calls it keeps that it was exported."""
    name = file_name(title, cohort, ending, now=now)
    if ending == "xlsx":
        return download(table_xlsx(title, *table), name, XLSX)
    return download(table_csv(*table), name, CSV)
