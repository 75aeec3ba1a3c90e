"""Two tabs, a double tap, an impatient click: whoever confirms at the same moment gets the same certificate."""

import secrets
import threading

import pytest
from django.db import IntegrityError, connection

from certificates.issuing.issue import certificate_of
from certificates.models import Certificate

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.postgres


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_confirmations_at_once_issue_one_certificate():
    make_small_course()
    ana = make_graduate()
    together, results = threading.Barrier(4), []

    def confirm():
        try:
            together.wait()
            results.append(issue(ana).serial)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    tabs = [threading.Thread(target=confirm) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert results == [Certificate.objects.get().serial] * 4


@pytest.mark.django_db
def test_a_certificate_issued_in_the_meantime_is_the_one_returned():
    make_small_course()
    ana = make_graduate()
    in_another_tab = []

    def chance_that_takes_long(bits):
        in_another_tab.append(issue(ana))
        return secrets.randbits(bits)

    assert issue(ana, randbits=chance_that_takes_long) == in_another_tab[0]
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
def test_a_serial_that_exists_already_is_never_given_twice():
    make_small_course()
    ana, berta = make_graduate("ANA234"), make_graduate("BER234", first_name="Berta")
    issue(ana, randbits=lambda bits: 0)
    with pytest.raises(IntegrityError):
        issue(berta, randbits=lambda bits: 0)
    assert issue(berta).serial != certificate_of(ana).serial
