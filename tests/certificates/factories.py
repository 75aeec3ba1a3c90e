"""Factories for certificates."""

from django.db.models import QuerySet

from certificates.badges.keys import issuer_key
from certificates.issuing.integrity import compute_digest, set_digest
from certificates.issuing.issue import issue_certificate
from certificates.models import Certificate, CertificateDesign, Signatory
from modules.models import Registration
from modules.progress.editions import edition_in_force
from modules.progress.outline import get_course_structure
from tests.factories import NOW, finish_course, make_course, make_learner, spanish

CLINIC = "Centro de Salud de San Pedro Ayampuc"


def make_graduate(code="ANA234", **fields):
    learner = make_learner(code, **fields)
    finish_course(learner)
    return learner


def begin_again(learner, *, now):
    structure = get_course_structure()
    learner.registrations.current().update(ended_at=now)
    edition = edition_in_force(structure)
    again = [module["key"] for module in edition.contents]
    Registration.objects.create(
        learner=learner, edition=edition, registered_at=now, counts_from=now, restarted_modules=again
    )


def make_small_course(**fields):
    return make_course(**{"modules": 1, "lessons": 1, "questions": 1} | fields)


def issue(learner, *, printed_name=None, role="recepcion", clinic=CLINIC, now=NOW, **fields):
    return issue_certificate(
        learner, printed_name=printed_name or learner.get_full_name(), role=role, clinic=clinic, now=now, **fields
    )


def make_design(signatories=(("Dra. Julia Tzoc", "Directora"),), **fields):
    words = {
        "name": "Área de salud",
        "heading": "Constancia de finalización",
        "statement": "terminó el curso",
        "subject": "sobre el buen trato",
        "issuer": "Dirección de Área de Salud",
    }
    design = CertificateDesign(locale=spanish(), **words | fields)
    design.signatories = [Signatory(name=name, post=post, locale=spanish()) for name, post in signatories]
    design.save()
    return design


def issued_otherwise(certificates, **facts):
    for certificate in Certificate.objects.filter(pk__in=edited(certificates, **facts)):
        set_digest(certificate, issuer_key())
        signed = ("digest", "digest_signature", "digest_key")
        edited([certificate], **{field: getattr(certificate, field) for field in signed})


def unsigned(certificate, **facts):
    signature = {"digest_key": "", "digest_signature": ""}
    edited([certificate], credential="", issuer="", status_list=None, status_index=None, **signature, **facts)
    edited([certificate], digest=compute_digest(Certificate.objects.get(pk=certificate.pk)))


def edited(certificates, **facts):
    keys = [certificate.pk for certificate in certificates]
    QuerySet(Certificate).filter(pk__in=keys).update(**facts)
    return keys
