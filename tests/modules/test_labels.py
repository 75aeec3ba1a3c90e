import pytest

from modules.labels import file_size_label, media_size_label, playing_time_label, time_left_label


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
def test_time_left_is_in_hours_and_minutes(minutes, words):
    assert time_left_label(minutes) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (1, "1 s"), (59, "59 s"), (60, "1 min"), (80, "1 min 20 s"), (3600, "60 min")]
)
def test_playing_time_is_in_minutes_and_seconds(seconds, words):
    assert playing_time_label(seconds).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 KB"), (239_001, "240 KB"), (999_001, "1.0 MB"), (1_000_001, "1.1 MB"), (4_180_000, "4.2 MB")],
)
def test_file_size_is_rounded_up(size, words):
    assert file_size_label(size).replace("\xa0", " ") == words


def test_media_size_label_omits_unknown_parts():
    found = [media_size_label(80, [480_000, 240_000]), media_size_label(0, [240_000]), media_size_label(80, [0])]
    assert [one.replace("\xa0", " ") for one in found] == ["1 min 20 s, 240 KB o 480 KB", "240 KB", "1 min 20 s"]
