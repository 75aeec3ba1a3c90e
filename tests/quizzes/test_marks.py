"""Marks inside texts, and what may never get through them."""

import pytest

from quizzes.wording.marks import plain, render_line, render_text


def test_a_line_takes_emphasis_sources_and_the_tag_of_what_is_not_verified():
    assert render_line("**Atienda** con *calma* [S3][S4] [VL]") == (
        "<strong>Atienda</strong> con <em>calma</em> "
        '<a class="source" href="#fuente-S3">[S3]</a><a class="source" href="#fuente-S4">[S4]</a> '
        '<span class="unverified">sin verificar</span>'
    )


def test_a_text_takes_paragraphs_lists_headings_and_links():
    text = "Uno.\n\n- a\n- b\n\n### Dos\n\n[tres](https://example.org/)"
    assert render_text(text) == (
        "<p>Uno.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<h3>Dos</h3>\n"
        '<p><a href="https://example.org/">tres</a></p>\n'
    )


@pytest.mark.parametrize("hostile", ["<script>x</script>", "[a](javascript:x)", '"><img src=x onerror=y>', "[[a|<b>]]"])
def test_no_markup_of_a_text_gets_through(hostile):
    for html in (render_line(hostile), render_text(hostile)):
        assert not any(tag in html for tag in ("<script", "<img", "<b>", "<a "))


def test_the_name_of_a_term_is_text_and_not_markup():
    assert render_line("Hay [[estigma]].", {"estigma": "<img src=x>"}) == (
        'Hay <button type="button" class="term" popovertarget="termino-estigma">&lt;img src=x&gt;</button>.'
    )


@pytest.mark.parametrize("mark", ["[S4]", "[VL]", "[[estigma]]", "[[estigma|una palabra]]"])
def test_a_mark_in_the_title_of_a_link_stays_as_it_is(mark):
    html = render_text(f'[tres](https://example.org/ "{mark}")', {"estigma": "estigma"})
    assert html == f'<p><a href="https://example.org/" title="{mark}">tres</a></p>\n'


def test_plain_text_has_no_marks():
    assert plain("**Una** idea [S42][VL] sobre el [[estigma|*estigma*]]") == "Una idea sobre el estigma"
