"""Going back to an earlier version of the tables and forward again loses no certificate and nobody who signs."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from certificates.models import Certificate, CertificateDesign

from .factories import issue, make_design, make_graduate, make_small_course

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forward_again(transactional_db):
    yield
    Certificate.objects.update(annulled_at=None, annulled_reason="")
    call_command("migrate", verbosity=0)


def test_those_who_sign_are_kept_both_ways():
    make_design([("Dra. Julia Tzoc", "Directora"), ("", "Facilitador")])
    call_command("migrate", "certificates", "0001", verbosity=0)
    call_command("migrate", verbosity=0)
    lines = CertificateDesign.objects.get().signatories.values_list("name", "post")
    assert list(lines) == [("Dra. Julia Tzoc", "Directora"), ("", "Facilitador")]


def test_an_annulled_certificate_does_not_become_valid_by_going_back():
    make_small_course()
    certificate = issue(make_graduate())
    Certificate.objects.filter(pk=certificate.pk).update(annulled_at=timezone.now(), annulled_reason="Otra persona")
    with pytest.raises(RuntimeError, match="annulled"):
        call_command("migrate", "certificates", "0001", verbosity=0)
