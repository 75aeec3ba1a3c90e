import pytest
from django.conf import settings as live
from django.core.management.base import CommandError
from django.db import connection, connections

from certificates.models import Certificate
from course.backups.locking import new_key
from course.backups.making import back_up
from tests.certificates.factories import edited
from tests.certificates.signing import ISSUED as NOW
from tests.certificates.signing import SITE

from .conftest import left_in, manage

IN_BACKUP = connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def in_spanish(monkeypatch):
    monkeypatch.setenv("LANG", "es_GT.UTF-8")


def test_a_check_says_how_the_certificates_are(machines, site):
    back_up(now=NOW)
    before, said = left_in(live.VAR_DIR), manage("back_up", check="")
    whose = "del respaldo / in the backup" if IN_BACKUP else "de este sitio / of this site"
    assert f"Certificados {whose}:\nCertificados revisados: {Certificate.objects.count()}\nCon algo mal: 0" in said
    assert left_in(live.VAR_DIR) == before
    assert set(connections) == {"default"}


def test_an_old_name_that_was_lost_is_told_and_the_check_passes(machines, site):
    machines.settings.SITE_URL = "https://curso.example"
    back_up(now=NOW)
    said, count = manage("back_up", check=""), Certificate.objects.count()
    assert f"Certificados revisados: {count}\nCon algo mal: 0" in said
    assert f"este sitio ya no responde, {SITE}: {count}\nPonga esa dirección en FORMER_SITE_URLS" in said


def test_a_certificate_that_was_altered_before_the_backup_fails_its_check(machines, site):
    edited([Certificate.objects.without_pdf().first()], edition=7)
    back_up(now=NOW)
    with pytest.raises(CommandError, match="something is wrong with certificates"):
        manage("back_up", check="")
    assert "checking" not in left_in(live.VAR_DIR)


@pytest.mark.postgres
def test_one_that_was_altered_later_is_found_where_the_database_in_the_backup_is_a_dump(machines, site):
    back_up(now=NOW)
    edited([Certificate.objects.without_pdf().first()], edition=7)
    if IN_BACKUP:
        assert "Con algo mal: 0" in manage("back_up", check="")
    else:
        with pytest.raises(CommandError, match="something is wrong with certificates"):
            manage("back_up", check="")


def test_where_one_is_not_opened_the_certificates_of_the_site_are_looked_at(machines, site):
    machines.settings.BACKUP_RECIPIENTS = [new_key()[1]]
    back_up(now=NOW)
    assert "Certificados de este sitio / of this site:\nCertificados revisados: " in manage("back_up", check="")
