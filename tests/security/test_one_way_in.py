import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.addresses import all_addresses
from tests.factories import PASSWORD, make_course, make_trainer

pytestmark = pytest.mark.django_db

KEYS = dict.fromkeys(("login", "username", "email", "code"), "facilitadora") | {"password": PASSWORD}
OF_NOTHING = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


def some_address(one):
    place = re.sub(r"<(?:(\w+):)?\w+>", lambda key: OF_NOTHING.get(key[1], "x"), one.place)
    return None if set(place) & set("^$()") else f"/{place}"


def signs_in(address):
    visitor = Client(raise_request_exception=False)
    visitor.post(address, KEYS)
    return SESSION_KEY in visitor.session


def test_password_is_accepted_on_the_sign_in_page_alone():
    make_course(modules=0)
    make_trainer()
    addresses = {some_address(one) for one in all_addresses()} - {None}
    assert len(addresses) > 500
    assert {address for address in addresses if signs_in(address)} == {reverse("account_login")}


@pytest.mark.parametrize("address", ["/es/_util/login/", "/en/_util/login/", "/cms/login/"])
def test_the_doors_of_others_lead_to_the_sign_in_page(client, address):
    make_course(modules=0)
    for answer in (client.get(f"{address}?next=/cms/"), client.post(address, KEYS)):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))
