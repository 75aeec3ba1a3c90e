"""What the site cannot do without: table of the cache, languages, roots of pages and collections, roles, workflows."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from wagtail.models import Collection, Locale, Page, Workflow

from course.models import User
from course.people.roles import ensure_reviews
from modules.models import ReviewTask


def seed():
    """Add what is missing; what an administrator changed stays."""
    # Not a migration of Django's; saving a locale empties the cache.
    call_command("createcachetable", verbosity=0)
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.INTERFACE_LANGUAGES]
    if not Page.get_first_root_node():
        Page.add_root(instance=Page(title="Root", slug="root", locale=locales[0]))
    if not Collection.get_first_root_node():
        Collection.add_root(name="Root")
    ensure_reviews()


def seed_after_migrating(using, **kwargs):
    """Seed once every table is there: Django sends `post_migrate` after `migrate` and after `flush`."""
    tables = {model._meta.db_table for model in (Collection, Locale, Page, Workflow, User, ReviewTask)}
    if using == "default" and tables <= set(connections[using].introspection.table_names()):
        seed()
