"""Rows that the site needs: cache table, languages, root page, roles, workflows."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from wagtail.models import Collection, Locale, Page, Workflow

from course.models import User
from course.people.roles import ensure_reviews
from modules.models import ReviewTask


def seed():
    """Idempotent; changes by administrators stay."""
    # The cache table is no migration, and saving a locale clears the cache.
    call_command("createcachetable", verbosity=0)
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.INTERFACE_LANGUAGES]
    if not Page.get_first_root_node():
        Page.add_root(instance=Page(title="Root", slug="root", locale=locales[0]))
    if not Collection.get_first_root_node():
        Collection.add_root(name="Root")
    ensure_reviews()


def seed_after_migrating(using, **kwargs):
    """Receiver of `post_migrate`, which Django sends for each app; waits for the last table."""
    tables = {model._meta.db_table for model in (Collection, Locale, Page, Workflow, User, ReviewTask)}
    if using == "default" and tables <= set(connections[using].introspection.table_names()):
        seed()
