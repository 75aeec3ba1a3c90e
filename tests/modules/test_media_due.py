"""Whose consent is to be asked again, and what is said in recordings and films that nobody has verified."""

from datetime import date, timedelta

import pytest

from modules.models import Shows
from modules.reviews.due import DueKind, Why, consents_due
from modules.reviews.unverified import unverified_items

from .factories import make_film, make_photo, make_recording, make_voice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


def due():
    return [(row.title, row.why) for row in consents_due(TODAY)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, None),
        ({"consent_until": TODAY + timedelta(days=31)}, None),
        ({"consent_until": TODAY + timedelta(days=30)}, Why.ENDS),
        ({"consent_until": TODAY}, Why.ENDS),
        ({"consent_until": TODAY - timedelta(days=1)}, Why.OVER),
        ({"consent_number": ""}, Why.MISSING),
        ({"consent_scope": ""}, Why.MISSING),
        ({"consent_scope": "", "withdrawn_on": TODAY}, None),
        ({"consent_until": TODAY, "withdrawn_on": TODAY}, None),
    ],
)
@pytest.mark.parametrize("make", [make_voice, make_recording])
def test_a_consent_is_due_when_it_is_missing_over_or_ends_within_a_month(make, fields, why):
    make(**fields)
    assert [found for _title, found in due()] == ([why] if why else [])


def test_of_a_place_or_a_thing_nobody_is_asked():
    make_photo("de-un-porton", consent_until=TODAY)
    make_photo("de-la-doctora", shows=Shows.CONSENTED, consent_number="9", consent_scope="Aquí", consent_until=TODAY)
    make_film(shows=Shows.CONSENTED, poster=make_photo("cartel"))
    assert {(title.partition(" (")[0], why) for title, why in due()} == {
        ("Fotografía: de-la-doctora", Why.ENDS),
        ("Video: Una mañana", Why.MISSING),
    }


def test_what_is_due_leads_to_the_form_and_says_until_when():
    voice = make_voice(consent_until=TODAY)
    (row,) = consents_due(TODAY)
    assert (row.kind, row.address, row.last_on) == (
        DueKind.CONSENT,
        f"/cms/snippets/modules/voice/edit/{voice.pk}/",
        TODAY,
    )


def test_what_a_recording_says_and_nobody_verified_is_listed_once_and_not_when_it_was_taken_back():
    recording = make_recording(transcript="Llame al 1572 [VL]. Pase adelante.")
    make_film(transcript="El plazo es de 72 horas [VL].")
    said = {(item.title, item.sentence) for item in unverified_items("es", today=TODAY)}
    assert said == {("El saludo", "Llame al 1572."), ("Una mañana", "El plazo es de 72 horas.")}
    assert unverified_items("en", today=TODAY) == []
    recording.withdrawn_on = TODAY
    recording.save()
    assert [item.title for item in unverified_items("es", today=TODAY)] == ["Una mañana"]
