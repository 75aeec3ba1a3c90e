from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from course.people.pins import keep_starting_pin
from modules.models import ModulePage
from tests.factories import make_cohort, make_course, make_learner, make_lesson
from tests.modules.factories import scene

pytestmark = pytest.mark.django_db

CHOICES = "*[contains(@class, 'choices')]"
UNSEEN = "*[self::template or self::script or @hidden or contains(@class, 'visually-hidden')]"
FOLDED = "ancestor::details[not(@open)] and not(ancestor::summary)"
READ_FIRST = f".//text()[not(ancestor::{UNSEEN} or {FOLDED} or ancestor::{CHOICES} or preceding::{CHOICES})]"


class Visitor:
    """Somebody who follows the links and forms of the pages, without JavaScript."""

    def __init__(self, client, address):
        self.client, self.screens, self.words = client, 0, 0
        self.see(client.get(address, follow=True))

    def see(self, response):
        assert response.status_code == 200
        self.address = response.request["PATH_INFO"]
        self.main = html.fromstring(response.text).get_element_by_id("contenido")
        self.screens += 1
        self.words += sum(len(text.split()) for text in self.main.xpath(READ_FIRST))

    def send(self, **typed):
        [form] = self.main.xpath(".//form[@method='post']")
        fields = dict(form.form_values()) | typed
        self.see(self.client.post(form.get("action") or self.address, fields, follow=True))

    def press(self):
        [button] = self.main.xpath(".//a[@class='button']")
        self.see(self.client.get(button.get("href"), follow=True))


@pytest.mark.parametrize(("role", "screens"), [("apoyo", 4), ("", 5)])
def test_opening_scene_comes_soon_after_the_card(client, role, screens):
    make_course(modules=2, lessons=0)
    for module in ModulePage.objects.all():
        make_lesson(module, 1, body=[("scenario", scene(role="apoyo"))])
    learner = make_learner(role=role, cohort=make_cohort())
    keep_starting_pin(learner, "731946", expires_at=timezone.now() + timedelta(days=1))

    visitor = Visitor(client, "/accounts/login/?c=ANA234")
    visitor.send(password="731946")
    visitor.send(new="905172", again="905172")
    if not role:
        visitor.send(role=visitor.main.xpath(".//button[@name='role']/@value")[0])
    visitor.press()

    assert visitor.main.xpath(f".//{CHOICES}")
    assert visitor.screens == screens
    assert visitor.words <= 300
