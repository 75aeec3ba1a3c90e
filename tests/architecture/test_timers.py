"""The guide about a server has a timer for every command that is meant to run by itself, and names no other."""

import re

from django.conf import settings
from django.core.management import get_commands

GUIDE = settings.BASE_DIR / "docs" / "how-to" / "install-on-a-server.md"


def test_each_command_of_the_night_has_its_unit_and_its_timer():
    guide = GUIDE.read_text(encoding="utf-8")
    started = re.findall(r"ExecStart=\S+python manage\.py (\w+)$", guide, re.M)
    assert sorted(started) == ["count_figures", "send_reminders", "tidy", "work"]
    assert set(started) <= set(get_commands())
    assert guide.count("[Timer]") == guide.count("OnCalendar=") == 3
