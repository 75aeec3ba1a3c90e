"""Captions: what is read, in which form they are kept, and what is refused with the number of the line."""

import pytest
from django.utils.translation import override

from modules.recorded.captions import LONGEST, MOST_SIGNS_OF_CUE, check_captions
from modules.recorded.refusals import UnusableRecording


def test_captions_come_out_in_one_form_without_notes_and_names():
    written = (
        "\ufeffWEBVTT - del curso\r\nKind: captions\r\n\r\nNOTE para mí\r\nsola\r\n\r\n"
        "uno\r\n00:00.500 --> 00:02.000 line:80%\r\n"
        "<v Rosa>Buenos <b>días</b>, <00:00:01.000><c.rojo>seño</c> & <script>x</script>\r\n\r\n"
        "00:01:02.000 --> 01:00:03.000\r\nDos líneas &amp; más\r\nde texto"
    )
    assert check_captions(written) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000 line:80%\n"
        "<v Rosa>Buenos <b>días</b>, seño &amp; &lt;script&gt;x&lt;/script&gt;\n\n"
        "00:01:02.000 --> 01:00:03.000\nDos líneas &amp; más\nde texto\n"
    )
    assert check_captions(check_captions(written)) == check_captions(written)


CUE = "WEBVTT\n\n00:01.000 --> 00:02.000"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Línea 1 de los subtítulos: los subtítulos empiezan con una línea que dice WEBVTT."),
        ("WEBVTT2\n\n", "Línea 1 de los subtítulos: los subtítulos empiezan con una línea que dice WEBVTT."),
        ("WEBVTT\n\n", "Los subtítulos todavía no dicen nada"),
        ("WEBVTT\n\nHola", "Línea 3 de los subtítulos: aquí faltan los tiempos"),
        (f"{CUE}\n\n", "Línea 3 de los subtítulos: ahí no se dice nada."),
        (f"{CUE}\n<v Rosa>\n", "Línea 3 de los subtítulos: ahí no se dice nada."),
        (
            "WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nHola",
            "Línea 4 de los subtítulos: esto está escrito como en SRT.",
        ),
        ("WEBVTT\n\n1:00 --> 2:00\nHola", "Línea 3 de los subtítulos: los tiempos se escriben como"),
        ("WEBVTT\n\n00:61.000 --> 02:00.000\nHola", "Línea 3 de los subtítulos: los tiempos se escriben como"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nHola", "Línea 3 de los subtítulos: termina antes de empezar."),
        (
            f"{CUE}\nA\n\n00:01.500 --> 00:03.000\nB",
            "Línea 6 de los subtítulos: empieza antes de que termine el anterior (línea 3).",
        ),
        (f"{CUE}\nA\n00:02.000 --> 00:03.000\nB", "Línea 3 de los subtítulos: falta una línea vacía"),
        (f"{CUE} region:a\nA", "Línea 3 de los subtítulos: aquí no se entiende «region:a»."),
        (
            f"WEBVTT\n\nSTYLE\n::cue {{ color: red }}\n\n{CUE[8:]}\nA",
            "Línea 3 de los subtítulos: la forma de los subtítulos",
        ),
        (f"{CUE}\n{'a' * (MOST_SIGNS_OF_CUE + 1)}", "Línea 3 de los subtítulos: nadie lee tanto de una vez."),
        ("WEBVTT\n\n" + "a" * LONGEST, "Los subtítulos son más largos"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(written, sentence):
    with override("es"), pytest.raises(UnusableRecording) as refused:
        check_captions(written)
    assert str(refused.value).startswith(sentence)


def test_what_is_shown_after_the_end_of_the_film_is_refused():
    assert check_captions(f"{CUE}\nA", seconds=1)
    with override("es"), pytest.raises(UnusableRecording, match="dura 1 segundos"):
        check_captions(f"{CUE}\nA\n\n00:09.000 --> 00:10.000\nB", seconds=1)
