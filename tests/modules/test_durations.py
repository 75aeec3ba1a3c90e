"""How long the rest takes is said as people say it: in hours from one hour on, with the right plurals."""

import pytest

from modules.wording import length_in_words, size_in_words, taken_in_words, time_left_in_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "Le falta cerca de 1 minuto"),
        (59, "Le faltan unos 59 minutos"),
        (60, "Le falta cerca de 1 hora"),
        (62, "Le falta cerca de 1 hora"),
        (63, "Le falta cerca de 1 hora y 5 minutos"),
        (119, "Le faltan unas 2 horas"),
        (176, "Le faltan unas 2 horas y 55 minutos"),
        (1503, "Le faltan unas 25 horas y 5 minutos"),
    ],
)
def test_the_rest_is_said_in_hours_and_minutes(minutes, words):
    assert time_left_in_words(minutes) == words


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
    found = [taken_in_words(80, [480_000, 240_000]), taken_in_words(0, [240_000]), taken_in_words(80, [0])]
    words = [one.replace("\xa0", " ") for one in found]
    assert words == ["1 min 20 s, 240 KB o 480 KB", "240 KB", "1 min 20 s"]
