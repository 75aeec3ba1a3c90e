"""How long the rest takes is said as people say it: in hours from one hour on, with the right plurals."""

import pytest
from django.utils.translation import override

from modules.wording.durations import length_in_words, size_in_words, taken_in_words, time_left_in_words


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


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (1, "1 s"), (59, "59 s"), (60, "1 min"), (80, "1 min 20 s"), (3600, "60 min")]
)
def test_a_recording_says_how_long_it_is(seconds, words):
    assert length_in_words(seconds).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 KB"), (239_001, "240 KB"), (999_001, "1.0 MB"), (1_000_001, "1.1 MB"), (4_180_000, "4.2 MB")],
)
def test_a_file_never_takes_more_than_it_says(size, words):
    assert size_in_words(size).replace("\xa0", " ") == words


def test_length_and_size_stand_together_as_far_as_they_are_known():
    with override("es"):
        found = [taken_in_words(80, [480_000, 240_000]), taken_in_words(0, [240_000]), taken_in_words(80, [0])]
    words = [one.replace("\xa0", " ") for one in found]
    assert words == ["1 min 20 s, 240 KB o 480 KB", "240 KB", "1 min 20 s"]
