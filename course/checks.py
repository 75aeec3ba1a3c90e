"""What `manage.py check --deploy` says before a site goes among people."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from .models import User


@register(Tags.security, deploy=True)
def site_url_is_https(app_configs, **kwargs):
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Error(
            f"SITE_URL is {settings.SITE_URL}, which is not HTTPS.",
            hint="Set the environment variable SITE_URL to the https:// address that people open.",
            id="course.E001",
        )
    ]


# Not tagged `database`: those are only asked with `--database`, and nobody must forget this one.
@register(Tags.security, deploy=True)
def no_demo_people(app_configs, **kwargs):
    """Demo people have PINs that everybody can read."""
    try:
        names = demo_people()
    except DatabaseError as error:
        return [
            Warning(
                f"The database does not answer, so demo people could not be looked for ({type(error).__name__}).",
                hint="Repeat this check where DATABASE_URL is the database of the site.",
                id="course.W001",
            )
        ]
    if not names:
        return []
    return [
        Error(
            f"There are demo people in this database, whose PINs are public: {', '.join(names)}.",
            hint="Start with an empty database, or delete the demo people.",
            id="course.E002",
        )
    ]


def demo_people():
    """Return the user codes of the demo people; none before the tables are there."""
    if User._meta.db_table not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return []
    return list(User.objects.filter(is_demo=True).order_by("username").values_list("username", flat=True))
