"""A certificate never says that a person or a place is free of stigma."""

import pytest
from django.core.exceptions import ValidationError

from certificates.wording.claims import check_claims

from .factories import make_design


@pytest.mark.parametrize(
    "words",
    [
        "libre de estigma",
        "Libres de prejuicios",
        "libre de toda discriminación",
        "stigma-free",
        "Free of Stigma",
        "free from prejudice",
    ],
)
def test_claims_are_refused_by_name(words):
    with pytest.raises(ValidationError) as refusal:
        check_claims({"statement": f"es una persona {words}", "heading": "Certificado"})
    assert refusal.value.message_dict == {
        "statement": [f"«{words}» no se puede certificar. Diga lo que se hizo: «completó el curso»."]
    }


@pytest.mark.parametrize("words", ["completó el curso", "sobre el estigma y el trato digno", "atención sin estigma"])
def test_what_was_done_may_be_certified(words):
    check_claims({"statement": words})


@pytest.mark.django_db
def test_a_design_that_claims_too_much_is_refused():
    design = make_design()
    design.subject = "y su centro es libre de estigma"
    with pytest.raises(ValidationError) as refusal:
        design.full_clean()
    assert list(refusal.value.message_dict) == ["subject"]


@pytest.mark.django_db
def test_whoever_signs_claims_nothing_either():
    signatory = make_design().signatories.get()
    signatory.post = "Centro libre de discriminación"
    with pytest.raises(ValidationError) as refusal:
        signatory.full_clean()
    assert list(refusal.value.message_dict) == ["post"]
