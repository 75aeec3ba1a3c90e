"""Clinics: their names stand on certificates."""

import pytest
from django.core.exceptions import ValidationError

from course.models import Clinic


def test_the_name_of_a_clinic_claims_nothing_that_a_course_cannot_give():
    with pytest.raises(ValidationError) as refusal:
        Clinic(name="Centro libre de estigma").clean()
    assert list(refusal.value.message_dict) == ["name"]
    Clinic(name="Centro de Salud de San Pedro Ayampuc").clean()
