import copy
import csv
import io
import random
import zipfile
from collections import Counter

import frictionless
import pytest
from django.urls import reverse

from course.models import AuditEntry, SurveyLot
from course.survey.package import NotForResearch, contents_of, packed
from tests.factories import NOW, make_clinic
from tests.survey_factories import contents, make_lot, make_wording, some_edition

pytestmark = pytest.mark.django_db
NAMES = [
    "README.md",
    "blocks.csv",
    "codebook_en.csv",
    "codebook_es.csv",
    "data.csv",
    "datapackage.json",
    "groups.csv",
    "protocol_en.md",
    "protocol_es.md",
]


@pytest.fixture
def lots(area):
    chance = random.Random(8)
    clinics = [make_clinic(f"Centro de Salud de {name}", area=area) for name in ("Palencia", "Fraijanes", "Chinautla")]
    made = [
        make_lot(wave, people, clinic=clinic, chance=chance)
        for wave in ("pre", "post", "seg")
        for clinic, people in zip(clinics, (90, 24, 13), strict=True)
    ]
    return [*made, make_lot("pre", 17, area=area, chance=chance)]


def package(seed=1):
    edition = some_edition()
    return packed(contents_of(edition), edition, chance=random.Random(seed), now=NOW)


def files_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))


def test_it_holds_every_count_of_every_lot(lots):
    files = files_of(package())
    assert sorted(files) == NAMES
    rows = rows_of(files, "data.csv")
    summed = Counter()
    for row in rows:
        summed[row["wave"], row["item"], row["code"]] += int(row["count"])
    expected = Counter()
    for lot in lots:
        for item, counts in lot.figures["items"].items():
            for code, count in counts.items():
                expected[lot.wave, item, code] += count
    assert +summed == expected
    assert Counter(row["wave"] for row in {row["lot"]: row for row in rows}.values()) == {"pre": 4, "post": 3, "seg": 3}
    scores = [(row["block"], int(row["n"])) for row in rows_of(files, "blocks.csv") if row["group"] == "all"]
    assert Counter(scores) == Counter((name, one["n"]) for lot in lots for name, one in lot.figures["blocks"].items())
    assert {row["group"] for row in rows_of(files, "groups.csv")} == {"clinical", "other"}


def test_it_names_no_place_and_no_lot(lots):
    text = b"".join(files_of(package()).values()).decode()
    told = [str(one) for lot in lots for one in (lot.key, lot.clinic, lot.area) if one]
    told += [str(place.key) for lot in lots for place in (lot.clinic, lot.area) if place]
    assert [one for one in told if one in text] == []
    assert "2026-11-20" not in text


def test_it_does_not_tell_of_how_many_a_statement_was_left_out(lots):
    before = package()
    for lot in lots:
        lot.people += 7
        lot.save()
    assert package() == before
    assert "| seg | tres meses después de terminar | 2026-11 | 3 | 120 o más |" in (
        files_of(before)["protocol_es.md"].decode()
    )


def test_only_the_codes_are_left_to_chance(lots):
    assert package(1) == package(1)
    one, other = (files_of(package(seed)) for seed in (1, 2))
    codes = [{row["lot"] for row in rows_of(files, "data.csv")} for files in (one, other)]
    assert not codes[0] & codes[1]
    same = [name for name in NAMES if one[name] == other[name]]
    assert same == ["README.md", "codebook_en.csv", "codebook_es.csv", "protocol_en.md", "protocol_es.md"]
    # The order is that of the codes, and not of when or where the lots were made.
    assert [row["lot"] for row in rows_of(one, "data.csv")] == sorted(row["lot"] for row in rows_of(one, "data.csv"))


def test_another_program_reads_it_as_it_is_described(lots, tmp_path):
    for name, content in files_of(package()).items():
        (tmp_path / name).write_bytes(content)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    assert {task.name for task in report.tasks} == {"data", "blocks", "groups", "codebook-es", "codebook-en"}
    (tmp_path / "data.csv").write_bytes(files_of(package())["data.csv"].replace(b",pre,", b",antes,", 1))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid


def test_the_protocol_says_how_it_came_to_be(lots):
    files = files_of(package())
    es, en = (files[f"protocol_{language}.md"].decode() for language in ("es", "en"))
    people = {wave: sum(lot.people for lot in lots if lot.wave == wave) // 10 * 10 for wave in ("pre", "post", "seg")}
    assert f"| pre | después de la primera lección | 2026-11 | 4 | {people['pre']} o más |" in es
    assert f"| seg | three months after finishing | 2026-11 | 3 | {people['seg']} or more |" in en
    for text in (es, en):
        assert make_wording().digest in text
        assert "{" not in text
    assert "Redacción por confirmar" in es
    assert "Wording yet to be confirmed" in en
    SurveyLot.objects.update(wording=make_wording("c" * 64, verified=True))
    assert "Redacción por confirmar" not in files_of(package())["protocol_es.md"].decode()


def test_both_codebooks_have_the_words_of_their_language(lots):
    files = files_of(package())
    es, en = (rows_of(files, f"codebook_{language}.csv") for language in ("es", "en"))
    assert [list(row.values())[3] for row in es] == [list(row.values())[3] for row in en]
    assert [row["Texto"] for row in es if row["Frase"] == "B1"] == ["Frase B1."]
    assert [row["Codes"] for row in en if row["Statement"] == "F3"] == [
        "1 = Never; 2 = Once or twice; 3 = Several times; 9 = Not applicable; 0 = I prefer not to answer"
    ]


def reasons():
    with pytest.raises(NotForResearch) as refused:
        contents_of(some_edition())
    return refused.value.reasons


def test_it_is_refused_without_lots_or_with_few(lots):
    SurveyLot.objects.filter(wave="post").first().delete()
    assert reasons() == [
        "«Al terminar» tiene menos de 3 grupos de respuestas: se podría reconocer de qué centro es cada uno."
    ]
    SurveyLot.objects.all().delete()
    assert reasons() == ["En esta edición todavía no se ha contado nada."]


def leave_a_rest(figures):
    whole, clinical = (part["items"]["B1"] for part in (figures, figures["groups"]["clinical"]))
    figures["groups"]["other"]["items"]["B1"] = {"1": sum(whole.values()) - sum(clinical.values()) - 9}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda figures: figures["items"].update(B1={"1": 9}),
        lambda figures: figures["blocks"]["B"].update(n=9),
        lambda figures: figures["groups"]["other"]["items"].update(B1={"1": 9}),
        leave_a_rest,
        lambda figures: figures["groups"].pop("other"),
        lambda figures: figures["groups"]["other"]["blocks"].pop("B"),
    ],
    ids=["item", "block", "group", "rest", "one group", "one group in a block"],
)
def test_it_is_refused_where_a_number_tells_of_fewer_than_ten(lots, spoil):
    lot = next(lot for lot in lots if lot.people == 90)
    assert lot.figures["groups"]
    spoil(lot.figures)
    lot.save()
    assert reasons() == ["Algo se contó de menos de diez personas. No se puede entregar nada de esta edición."]


def test_it_is_refused_where_a_statement_was_worded_otherwise(lots):
    other = copy.deepcopy(contents())
    next(one for one in other["blocks"] if one["id"] == "C")["items"][0]["text"]["es"] = "Otra frase."
    wording = make_wording("d" * 64)
    wording.contents = other
    wording.save()
    SurveyLot.objects.filter(wave="post").update(wording=wording)
    assert reasons() == ["Cambió la redacción de estas frases, y por eso no se pueden sumar: C1."]


def test_making_it_is_kept_in_the_audit_list(admin, lots):
    page = reverse("desk_survey_package")
    assert "Hacer el archivo de «Edición 1»" in admin.get(page).text
    assert AuditEntry.objects.count() == 0
    made = admin.post(page, {"edicion": some_edition().key})
    assert made["Content-Type"] == "application/zip"
    assert made["Cache-Control"] == "private, no-store"
    assert sorted(files_of(made.content)) == NAMES
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by.username, entry.subject) == ("survey_package_made", "adm", "Edición 1")
    assert entry.people == sum(lot.people for lot in lots)
    SurveyLot.objects.filter(wave="seg").first().delete()
    refused = admin.post(page, {"edicion": some_edition().key}, follow=True)
    assert refused.redirect_chain == [(f"{page}?edicion={some_edition().key}", 302)]
    assert "tiene menos de 3 grupos de respuestas" in refused.text
    assert AuditEntry.objects.count() == 1
    assert admin.get(page, {"edicion": "no-es-una"}).status_code == 404


def test_nobody_else_makes_it(client, lead, lots):
    client.force_login(lead)
    assert client.get(reverse("desk_survey_package")).status_code == 404
    assert client.post(reverse("desk_survey_package"), {"edicion": some_edition().key}).status_code == 404
    assert AuditEntry.objects.count() == 0
