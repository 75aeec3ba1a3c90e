import random
import re

import pytest

from modules.text.richtext import canonical_markdown, html_to_markdown, links_in, markdown_to_html, one_line

PAIRS = {
    "a paragraph with marks": (
        "Hola **mundo** [S42] y [[estigma|esa etiqueta]]",
        "<p>Hola <b>mundo</b> [S42] y [[estigma|esa etiqueta]]</p>",
    ),
    "two paragraphs and a heading": ("Uno\n\n### Dos\n\nTres", "<p>Uno</p><h3>Dos</h3><p>Tres</p>"),
    "lists in lists": (
        "- a\n- b\n  1. c\n  2. d\n- e",
        "<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li><li>e</li></ul>",
    ),
    "a list beside another kind": ("- a\n\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    "bold in italic": ("*a **b** c*", "<p><i>a </i><b><i>b</i></b><i> c</i></p>"),
    "a line break": ("a\\\nb", "<p>a<br/>b</p>"),
    "a link": ("[ley](https://x.org/a?b=1&c=2)", '<p><a href="https://x.org/a?b=1&amp;c=2">ley</a></p>'),
    "a link with brackets": ("[ley](<https://x.org/a_(b)>)", '<p><a href="https://x.org/a_(b)">ley</a></p>'),
    "what looks like a list": ("1\\. Enero", "<p>1. Enero</p>"),
    "what looks like a heading": ("\\# uno", "<p># uno</p>"),
    "asterisks and underlines": ("2\\*3 y a_b y \\_c\\_", "<p>2*3 y a_b y _c_</p>"),
    "what looks like a link": ("[S42]\\(nota)", "<p>[S42](nota)</p>"),
    "signs of HTML": ("a <5 & b>3", "<p>a &lt;5 &amp; b&gt;3</p>"),
    "Spanish quotes in bold": ("**«¿Qué?»** y", "<p><b>«¿Qué?»</b> y</p>"),
    "emoji": ("Bien 😀🇬🇹", "<p>Bien 😀🇬🇹</p>"),
}


def without_keys(html):
    return re.sub(r' data-block-key="\w{5}"', "", html)


@pytest.mark.parametrize("pair", PAIRS)
def test_both_spellings_say_the_same(pair):
    markdown, html = PAIRS[pair]
    assert without_keys(markdown_to_html(markdown)) == html
    assert html_to_markdown(html) == markdown
    assert canonical_markdown(markdown) == markdown


def test_other_ways_to_write_it_become_the_canonical_one():
    text = "* uno\n* dos\n\n\n# Título #\n\n__negrita__ y _cursiva_\nen dos líneas  "
    assert canonical_markdown(text) == "- uno\n- dos\n\n### Título\n\n**negrita** y *cursiva* en dos líneas"


def test_what_cannot_be_said_keeps_its_words():
    html = '<p>a<embed embedtype="image" id="3"/></p><blockquote>b</blockquote><table><tr><td>c</td></tr></table><p>'
    assert html_to_markdown(html) == "a\n\nb\n\nc"


def test_bold_that_markdown_cannot_end_leaves_its_words_whole():
    assert html_to_markdown("<p>palabra<b>.</b>otra</p>") == "palabra.otra"
    assert html_to_markdown("<p>a<b>«b»</b>c</p>") == "a«**b**»c"
    assert html_to_markdown("<p>a <b> b </b> c</p>") == "a **b** c"


def test_links_to_pages_go_by_their_ids():
    html = markdown_to_html("[siga](M1-L2) o [no](M9-L9)", page_pks={"M1-L2": 7})
    assert without_keys(html) == '<p><a linktype="page" id="7">siga</a> o no</p>'
    assert html_to_markdown(html, {7: "M1-L2"}) == "[siga](M1-L2) o no"
    assert links_in("[a](M1-L2) y [b](javascript:x)") == ["M1-L2", "javascript:x"]


def test_the_same_text_gets_the_same_keys():
    assert markdown_to_html("a\n\nb", seed="es/M1") == markdown_to_html("a\n\nb", seed="es/M1")
    assert markdown_to_html("a", seed="es/M1") != markdown_to_html("a", seed="es/M2")


def test_one_line_is_one_line():
    assert one_line(" a\r\n b\t\x07c\u2028d\xa0e ") == "a b cd\xa0e".replace("cd", "c d")


PIECES = [
    *("a", "ñ", " ", "*", "_", "[", "]", "(", ")"),
    *("\\", "«", ".", "😀", "- ", "1. ", "#", "&amp;", "&lt;", "\n", "[S42]"),
    *("<b>", "</b>", "<i>", "</i>", "<br/>"),
    *('<a href="https://x.y/a_b*c">', "</a>", "&nbsp;", "<p>", "</p>", "<h3>", "</h3>"),
    *("<ul><li>", "</li></ul>", "<li>", "<ol>", "</ol>"),
]


def test_any_rich_text_settles_after_one_round():
    chance = random.Random(20261125)
    for _round in range(3000):
        html = "<p>" + "".join(chance.choice(PIECES) for _piece in range(chance.randint(1, 14))) + "</p>"
        markdown = html_to_markdown(html)
        assert html_to_markdown(markdown_to_html(markdown)) == markdown, html
        assert canonical_markdown(markdown) == markdown, html
