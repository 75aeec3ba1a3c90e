"""How long the rest takes is said as people say it: in hours from one hour on, with the right plurals."""

import pytest
from django.utils.translation import override

from modules.wording.durations import time_left_in_words


@pytest.mark.parametrize(
    ("minutes", "spanish", "english"),
    [
        (1, "Le falta cerca de 1 minuto", "About 1 minute to go"),
        (59, "Le faltan unos 59 minutos", "About 59 minutes to go"),
        (60, "Le falta cerca de 1 hora", "About 1 hour to go"),
        (62, "Le falta cerca de 1 hora", "About 1 hour to go"),
        (63, "Le falta cerca de 1 hora y 5 minutos", "About 1 hour and 5 minutes to go"),
        (119, "Le faltan unas 2 horas", "About 2 hours to go"),
        (176, "Le faltan unas 2 horas y 55 minutos", "About 2 hours and 55 minutes to go"),
        (1503, "Le faltan unas 25 horas y 5 minutos", "About 25 hours and 5 minutes to go"),
    ],
)
def test_the_rest_is_said_in_hours_and_minutes(minutes, spanish, english):
    with override("es"):
        assert time_left_in_words(minutes) == spanish
    with override("en"):
        assert time_left_in_words(minutes) == english
