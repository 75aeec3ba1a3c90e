"""Annulling: with a reason, once, for ever; the person alone gets no other."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from certificates.issuing import issue as issuing
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.history import history_of
from certificates.issuing.issue import (
    Overtaken,
    annulled_certificate_of,
    certificate_of,
    certificates_of,
    issue_certificate,
)
from certificates.issuing.standing import Standing, standing_of
from certificates.models import Certificate
from tests.factories import NOW, finish_course, make_trainer

from .factories import CLINIC, begin_again, issue, make_design, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
SHORT = "Ana Lucia Coj de la Cruz"
REASON = "Se emitió con el nombre de otra persona."


@pytest.fixture
def trainer():
    make_small_course()
    return make_trainer()


@pytest.fixture
def ana(trainer):
    return make_graduate()


def test_it_says_why_and_when_and_nothing_else_changes(ana, trainer):
    certificate = issue(ana)
    before = Certificate.objects.values().get()
    annulled = annul_certificate(certificate, reason=f"  {REASON} ", by=trainer, now=NOW)
    assert Certificate.objects.values().get() == before | {"annulled_at": NOW, "annulled_reason": REASON}
    assert (annulled.annulled_reason, standing_of(annulled, today=NOW.date())) == (REASON, Standing.ANNULLED)
    assert [(event.kind, event.by, event.note) for event in history_of(certificate)] == [
        ("issued", ana, ""),
        ("annulled", trainer, REASON),
    ]
    assert certificate_of(ana) is None
    assert list(certificates_of([ana])) == []
    assert annulled_certificate_of(ana) == certificate


def test_annulling_twice_is_annulling_once_and_the_first_reason_stays(ana, trainer):
    certificate = issue(ana)
    for reason in (REASON, "Otra razón"):
        again = annul_certificate(certificate, reason=reason, by=trainer, now=NOW)
    assert again.annulled_reason == REASON
    assert [event.kind for event in history_of(certificate)] == ["issued", "annulled"]


def test_without_a_reason_nothing_is_annulled(ana, trainer):
    certificate = issue(ana)
    with pytest.raises(ValidationError, match="Escriba el motivo"):
        annul_certificate(certificate, reason=" \n", by=trainer, now=NOW)
    assert certificate_of(ana) == certificate


def test_one_that_was_replaced_meanwhile_is_not_annulled(ana, trainer):
    first, also_first = issue(ana, printed_name=SHORT), certificate_of(ana)
    correct_certificate(first, printed_name="Ana Lucía Coj", by=trainer, reason="", now=NOW)
    with pytest.raises(Overtaken, match="anule el que tomó su lugar"):
        annul_certificate(also_first, reason=REASON, by=trainer, now=NOW)


def test_after_an_annulment_only_a_trainer_issues_another(ana, trainer):
    annulled = annul_certificate(issue(ana), reason=REASON, by=trainer, now=NOW)
    with pytest.raises(NotEligible, match="Hable con quien facilita su grupo"):
        issue(ana)
    second = issue(ana, by=trainer, now=NOW + timedelta(days=1))
    assert (second.replaces, annulled_certificate_of(ana)) == (None, None)
    assert certificate_of(ana) == second
    # What the person asks for next is what there is.
    assert issue(ana) == second
    assert annulled.serial != second.serial


@pytest.mark.postgres
def test_the_database_keeps_one_that_holds(ana):
    first = issue(ana)
    copy = Certificate.objects.get(pk=first.pk)
    copy.pk, copy.serial = None, "0000000000000"
    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)


def renew(certificate, trainer, now, **more):
    """Issue to the same person what takes the place of the certificate."""
    ana = certificate.learner
    return issue_certificate(ana, printed_name=SHORT, role="", clinic=CLINIC, by=trainer, now=now, **more)


def take_again(ana, now):
    begin_again(ana, now=now - timedelta(days=1))
    finish_course(ana, now=now)


def test_an_expired_one_is_replaced_when_a_trainer_renews_it(ana, trainer):
    make_design(validity_months=12)
    first = issue(ana)
    last_day = date(2027, 11, 25)
    assert [standing_of(first, today=last_day + timedelta(days=days)) for days in (0, 1)] == [
        Standing.VALID,
        Standing.EXPIRED,
    ]
    # Without taking the course again nobody renews anything.
    assert issue(ana, now=NOW + timedelta(days=400)) == first
    assert renew(first, trainer, NOW + timedelta(days=400)) == first
    take_again(ana, NOW + timedelta(days=400))
    second = renew(first, trainer, NOW + timedelta(days=400))
    assert (second.replaces, second.expires_on, second.printed["name"]) == (
        first,
        date(2028, 12, 30),
        SHORT,
    )
    assert renew(first, trainer, NOW + timedelta(days=400)) == second
    first.refresh_from_db()
    assert standing_of(first, today=date(2027, 12, 31)) == Standing.REPLACED


def test_who_renews_it_is_kept_and_what_follows_is_done_once(ana, trainer):
    make_design(validity_months=12)
    first, later, done = issue(ana), NOW + timedelta(days=400), []
    take_again(ana, later)
    second = renew(first, trainer, later, then=done.append)
    assert renew(first, trainer, later, then=done.append) == second
    assert done == [second]
    assert [(event.kind, event.by) for event in history_of(second)] == [("issued", trainer)]


def test_it_is_renewed_in_the_language_that_was_asked_for(ana, trainer):
    make_design(validity_months=12)
    first = issue(ana)
    take_again(ana, NOW + timedelta(days=400))
    second = renew(first, trainer, NOW + timedelta(days=400), language="en")
    assert (second.language, second.printed["language"]) == ("en", "en")


@pytest.fixture
def overtaken(monkeypatch):
    """Return a function: before the next certificate is kept, somebody does this, and it is kept as it may be then."""

    def _by(doing):
        kept = issuing.keep

        def keep(*args, **kwargs):
            monkeypatch.setattr(issuing, "keep", kept)
            doing()
            return kept(*args, **kwargs)

        monkeypatch.setattr(issuing, "keep", keep)

    return _by


def test_of_two_who_renew_it_at_once_the_second_gets_the_one_of_the_first(ana, trainer, overtaken):
    make_design(validity_months=12)
    first, later, made = issue(ana), NOW + timedelta(days=400), []
    take_again(ana, later)
    overtaken(lambda: made.append(renew(first, trainer, later)))
    assert renew(first, trainer, later) == made[0]
    assert Certificate.objects.live().get() == made[0]


def test_what_is_annulled_while_it_is_renewed_is_not_renewed(ana, trainer, overtaken):
    make_design(validity_months=12)
    first = issue(ana)
    take_again(ana, NOW + timedelta(days=400))
    overtaken(lambda: annul_certificate(first, reason=REASON, by=trainer, now=NOW))
    with pytest.raises(Overtaken):
        renew(first, trainer, NOW + timedelta(days=400))
    assert not Certificate.objects.live().exists()


def test_nobody_does_it_to_their_own(ana):
    with pytest.raises(ValidationError, match="Nadie corrige ni anula su propio certificado"):
        annul_certificate(issue(ana), reason=REASON, by=ana, now=NOW)
    assert Certificate.objects.live().count() == 1
