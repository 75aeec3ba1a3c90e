"""The address of a copy names its state: a browser never keeps another state under it."""

import json

import pytest
from django.urls import reverse

from tests.factories import make_cohort, make_course, make_learner

pytestmark = pytest.mark.django_db

FOR_EVER = "private, max-age=31536000, immutable"


@pytest.mark.parametrize("name, args", [("module_copy", ["m1"]), ("common_copy", [])])
def test_only_the_state_that_the_address_names_is_kept_for_long(client, name, args):
    make_course(modules=1, lessons=1)
    client.force_login(make_learner(cohort=make_cohort()))
    other = client.get(reverse(name, args=[*args, "0123456789abcdef"]))
    assert other["Cache-Control"] == "private, no-store"
    rev = json.loads(other.content)["rev"]
    present = client.get(reverse(name, args=[*args, rev]))
    assert present["Cache-Control"] == FOR_EVER
    assert present.content == other.content
