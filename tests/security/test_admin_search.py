import pytest
from django.urls import reverse
from wagtail.models import Page

from course.people.roles import EDITORS
from tests.factories import make_course, make_module, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexes")]

TYPED = ['"', '"><b>', 'a"b', "'", "*", "NOT", 'OR "', "(", "a AND", "title:x", "%s", "\\", "-1", "^a", "🙂"]


@pytest.fixture
def editor(client):
    # Page by page: what is made at once is not indexed.
    make_module(make_course(modules=0), 1)
    client.force_login(make_staff("editora", EDITORS))
    return client


@pytest.mark.postgres
@pytest.mark.parametrize("typed", [*TYPED, "a" * 5_000])
def test_each_sign_is_looked_for(editor, typed):
    addresses = [reverse("wagtailadmin_explore", args=[Page.objects.get(slug="curso").pk])]
    addresses += [reverse("wagtailadmin_pages:search"), reverse("wagtailadmin_choose_page_search")]
    addresses += [reverse("wagtailsnippets_modules_glossaryterm:list"), reverse("wagtailimages:index")]
    for address in addresses:
        assert editor.get(address, {"q": typed}).status_code == 200, address
