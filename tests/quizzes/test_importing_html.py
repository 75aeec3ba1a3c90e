"""HTML of other systems becomes our marks, or plain words, and never anything else."""

import time

import pytest

from quizzes.importing.parts.html import LONGEST, TextTooLong, convert_html
from quizzes.importing.parts.texts import decode
from quizzes.wording.marks import escape_marks, plain, render_line


@pytest.mark.parametrize(
    "html, text",
    [
        ("<p>Hola <b>mundo</b>.</p><p>Otro<br>renglón</p>", "Hola **mundo**.\n\nOtro\nrenglón"),
        ("a <strong>b </strong>c <em>d</em>", "a **b** c *d*"),
        ("<p><b><i>todo</i></b> y <b></b>nada</p>", "***todo*** y nada"),
        ("<h2>Título</h2>texto", "**Título**\n\ntexto"),
        ("<ul><li>uno</li><li><p>dos</p></li></ul><p>fin", "- uno\n- dos\n\nfin"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<a href="https://x.gt/a">ver</a>', "ver (https://x.gt/a)"),
        ('<a href="https://x.gt/a">https://x.gt/a</a>', "https://x.gt/a"),
        ('<a href="javascript:alert(1)">ver</a>', "ver"),
        ("2*3*4 y a_b_ &lt;b&gt; &amp;amp;", "2\\*3\\*4 y a_b_ <b> &amp;"),
        ("<b>a</b>b<b>.</b>c", "**a**b**.**c"),
        ("El _____ y la (_____).", "El _____ y la (_____)."),
        ("año\x00 &#0;&nbsp; &ntilde;\u0301 fin", "año \ufffd ñ\u0301 fin"),
    ],
)
def test_html_becomes_marks(html, text):
    assert convert_html(html).text in (text, plain(text))


def test_what_is_bold_stays_so_beside_a_gap_and_what_is_not_verified():
    assert convert_html("La <b>[[1]]</b> y <i>más</i> [VL]").text == "La **[[1]]** y *más* [VL]"


def test_nothing_of_a_script_comes_over():
    converted = convert_html("a<script>alert('x')</script><style>b{}</style><svg onload=x><text>y</text></svg>z")

    assert converted.text == "az"
    assert converted.lost == ["se dejó fuera un programa", "se dejó fuera un dibujo"]
    assert "<" not in render_line(convert_html("&lt;script&gt;x&lt;/script&gt;").text)


def test_images_are_told_with_what_they_show():
    html = '<p>Mire: <img src="@@PLUGINFILE@@/port%C3%B3n.png" alt="Un  portón"> <img src=b.png></p>'

    assert convert_html(html).images == [("@@PLUGINFILE@@/port%C3%B3n.png", "Un portón"), ("b.png", "")]


def test_the_longest_hostile_texts_are_read_in_no_time():
    began = time.process_time()
    for part in ("<div>", "<", "<!--", "<a b='", "<![", "<b>", "**a", "<a href=x>", "&", "<li>"):
        convert_html((part * LONGEST)[:LONGEST])
    assert time.process_time() - began < 60
    with pytest.raises(TextTooLong):
        convert_html("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    "text", ["2*3*4", "a\\*b", "**no**", "un _____ y (_____)", "_ya_", "C:\\dir\\n", "fin\\", "\\"]
)
def test_escaped_text_is_shown_as_it_stands(text):
    assert plain(escape_marks(text)).replace("\\_", "_") == text
    assert "<" not in render_line(escape_marks(text))


def test_the_end_of_a_line_is_one():
    assert render_line("uno\ndos") == "uno<br>\ndos"


@pytest.mark.parametrize(
    "content, text",
    [
        ("año\r\nluz\rfin".encode(), "año\nluz\nfin"),
        (b"\xef\xbb\xbfa\xc3\xb1o", "año"),
        ("año".encode("utf-16"), "año"),
        ("año".encode("cp1252"), "año"),
        ("n\u0303".encode(), "ñ"),
        (b"a\x00b\x07c", "abc"),
        (bytes(range(256)), None),
    ],
)
def test_bytes_become_text_whatever_they_are(content, text):
    decoded = decode(content)

    assert "\x00" not in decoded
    assert text is None or decoded == text
