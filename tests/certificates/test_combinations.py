import re
from functools import cache
from html import unescape
from itertools import pairwise
from math import ceil, floor

import pytest
from django.template.loader import render_to_string

from certificates.pdf.rendering import qr_matrix, render_pdf
from certificates.text.codes import format_serial

from .combinations import combinations
from .measuring import MM, contrast_on_white, images_of, lines_of, poppler, qr_of, spans_of, touching
from .test_rendering import printed

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]

INK = "#1B1F3B"
MARGIN = 14 * MM


@cache
def papers():
    return {what: (fields, render_pdf(fields)) for what, fields in combinations().items()}


def each(measure):
    return {what: measure(fields, pdf) for what, (fields, pdf) in papers().items()}


def holding(spans, text):
    return [span for span in spans if span.text in text]


def below_lines(pdf):
    lines = lines_of(pdf)
    return [
        span
        for span in spans_of(pdf)
        if any(span.top > line[1] - 1 and span.left > line[0] - 1 and span.right < line[2] + 1 for line in lines)
    ]


def test_signature_lines_are_level_and_evenly_spread():
    for what, (fields, pdf) in papers().items():
        lines = lines_of(pdf)
        assert len(lines) == len(fields["signatories"]), what
        assert len({round(line[1], 1) for line in lines}) <= 1, what
        assert len({round(line[2] - line[0]) for line in lines}) <= 1, what
        gaps = [right[0] - left[2] for left, right in pairwise(lines)]
        assert all(gap > 6 * MM and gap == pytest.approx(gaps[0], abs=0.5) for gap in gaps), what


def test_signatories_share_one_size_of_nine_points_or_more():
    sizes = each(lambda _fields, pdf: {span.size for span in below_lines(pdf)})
    assert sizes.pop("nobody signs, one tall logo") == set()
    assert all(len(of_paper) == 1 and min(of_paper) >= 9 for of_paper in sizes.values()), sizes
    # Who has little to print is not made small, and a long post takes lines before it takes size.
    assert sizes["built in"] == sizes["corrected"] == sizes["three sign, four logos"] == {11}
    assert sizes["two long ones, four squares"] == sizes["one long post"] == {11}


def test_signatory_text_is_below_its_line():
    for what, (fields, pdf) in papers().items():
        printed = " ".join(span.text for span in below_lines(pdf)).split()
        said = " ".join(f"{line['name']} {line['post']}" for line in fields["signatories"]).split()
        assert sorted(printed) == sorted(said), what


def test_issuer_is_printed_at_thirteen_points_or_more():
    issuers = each(lambda fields, pdf: {(s.colour, s.size >= 13) for s in holding(spans_of(pdf), fields["issuer"])})
    assert set(map(frozenset, issuers.values())) == {frozenset({(INK, True)})}, issuers


def test_longest_post_fits_in_two_lines():
    fields, pdf = papers()["the longest post that is registered"]
    assert len(fields["role"]) == 120
    place = f"{fields['role']} · {fields['clinic']}"
    printed = [line for line in holding(spans_of(pdf), place) if len(line.text) > 20]
    assert " ".join(line.text for line in printed) == place
    assert len(printed) == 2
    assert min(line.size for line in printed) >= 9


def test_name_is_largest_then_statement_then_the_rest():
    for what, (fields, pdf) in papers().items():
        sizes = sorted({span.size for span in spans_of(pdf)}, reverse=True)
        largest, second = ([span for span in spans_of(pdf) if span.size == size] for size in sizes[:2])
        assert " ".join(span.text for span in largest) == fields["name"], what
        assert " ".join(span.text for span in second).startswith(fields["statement"]), what
        assert sizes[0] > 1.25 * sizes[1], what


def test_date_is_bold():
    days = each(lambda fields, pdf: [s for s in spans_of(pdf) if fields["date_in_words"] in s.text])
    assert {len(spans) for spans in days.values()} == {1}
    assert [what for what, (span,) in days.items() if span.colour != INK or span.size < 9] == []


def test_screen_shows_the_printed_text_in_order():
    # Fields as the first certificates have them: no further lines, logos, border or colours.
    first = printed(signatories=[{"name": "Dra. Julia Tzoc", "post": "Directora"}])
    assert not {"text", "logos", "border", "palette", "edition"} & set(first)
    for fields in (first, *(fields for fields, _pdf in papers().values())):
        page = unescape(render_to_string("certificates/certificate.html", {"printed": fields}))
        said = [fields["issuer"], fields["heading"], fields["name"], fields["statement"], fields["date_in_words"]]
        said += [line["name"] or line["post"] for line in fields["signatories"][:1]]
        assert said == sorted(said, key=page.index), fields
        assert re.search(f"<b>[^<]*{fields['date_in_words']}", page), fields


def test_text_has_sufficient_contrast():
    for what, (_fields, pdf) in papers().items():
        for span in spans_of(pdf):
            assert contrast_on_white(span.colour) >= 7, (what, span)


def test_qr_is_readable_and_has_quiet_zone():
    for what, (fields, pdf) in papers().items():
        text, (left, top, right, bottom), page = qr_of(pdf)
        assert text == fields["verify_url"], what
        assert min(right - left, bottom - top) >= 22 * MM, what
        square, dots = (right - left) / len(qr_matrix(text)), 300 / 72
        without = page.copy()
        without.paste(255, (floor(left * dots), floor(top * dots), ceil(right * dots), ceil(bottom * dots)))
        around = (left - 4 * square, top - 4 * square, right + 4 * square, bottom + 4 * square)
        assert without.crop([round(side * dots) for side in around]).getextrema() == (255, 255), what


def test_nothing_overlaps_and_all_is_between_the_bands():
    for what, (fields, pdf) in papers().items():
        boxes = {f"{span.text} {span.top:.0f} {span.left:.0f}": span.box for span in spans_of(pdf)}
        boxes |= {f"image {place}": box for place, box in enumerate(images_of(pdf))}
        boxes["QR"] = qr_of(pdf)[1]
        assert touching(boxes) == [], what
        width, height, band = (792, 612, 30.5 * MM) if fields["paper_size"] == "letter" else (841.9, 595.3, 31.7 * MM)
        for one, (left, top, right, bottom) in boxes.items():
            assert MARGIN - 1 < left < right < width - MARGIN + 1, (what, one)
            assert band + 4 * MM < top < bottom < height - band - 4 * MM, (what, one)
        lines = lines_of(pdf)
        facts = [span.bottom for span in spans_of(pdf) if lines and span.top < lines[0][1] - 14 * MM]
        assert not lines or max(facts) < lines[0][1] - (14 + 4) * MM, what


def test_logos_are_in_one_row_and_look_equally_large():
    for what, (fields, pdf) in papers().items():
        shown = sum(bool(logo["image"]) for logo in fields.get("logos", []))
        row = sorted(images_of(pdf), key=lambda box: box[1])[:shown]
        middles = [(top + bottom) / 2 for _left, top, _right, bottom in row]
        covered = [(right - left) * (bottom - top) / MM**2 for left, top, right, bottom in row]
        assert all(abs(middle - middles[0]) < 0.5 * MM for middle in middles), what
        assert all(140 < area < 490 for area in covered), (what, covered)
        assert all(bottom - top < 17.2 * MM for _left, top, _right, bottom in row), what


def test_reading_order_is_visual_order():
    for what, (fields, pdf) in papers().items():
        order = poppler("pdfinfo", "-struct-text", "-", pdf=pdf)
        heard = " ".join(" ".join(re.findall(r'"([^"]*)"', order.decode())).split())
        people = [line["name"].split()[-1] for line in fields["signatories"] if line["name"]]
        expected = [fields["issuer"], fields["heading"].upper(), fields["name"], fields["statement"]]
        expected += [fields["date_in_words"], *people, format_serial(fields["serial"])]
        place = 0
        for text in expected:
            place = heard.find(text, place) + 1
            assert place, (what, text, heard)
