import hashlib

import pytest
from django.core.management import call_command
from django.db import connection

from course.models import DigestKey, PersonIdentifier, User
from course.own_data.personal_data import collect_personal_data
from course.people.identifiers import (
    BelongsToAnother,
    NotAnIdentifier,
    delete_identifier,
    identifier_digest,
    parse_identifier,
    people_by_number,
    save_identifier,
)
from course.people.merging import merge_accounts
from course.people.sealed_accounts import has_sealed_accounts
from course.sealing import CannotRead, key_files, make_key
from tests.factories import NOW, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db

CUI = "2547896310101"
Kind = PersonIdentifier.Kind


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ACCOUNT_KEYS, settings.ACCOUNT_KEYS_DIR = [], tmp_path / "account-keys"
    return make_key()


def whole_database():
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            said.append(str(cursor.fetchall()))
    return " ".join(said)


def test_a_person_is_known_again_and_the_number_is_nowhere():
    ana = make_learner()
    save_identifier(ana, Kind.CUI, parse_identifier(Kind.CUI, "2547 89631 0101"))
    assert people_by_number(Kind.CUI, [CUI, "1111222233334"]) == {CUI: ana}
    assert people_by_number(Kind.EMPLOYEE, [CUI]) == {}
    assert ana.identifiers.get().ends_with == "01"
    kept = whole_database()
    assert "ANA234" in kept, "the tables are read"
    assert CUI not in kept
    for plain in (CUI, f"cui:{CUI}"):
        assert hashlib.sha256(plain.encode()).hexdigest() not in kept


def test_the_digest_needs_the_key_outside_the_database(keys):
    save_identifier(make_learner(), Kind.CUI, CUI)
    keys.unlink()
    with pytest.raises(CannotRead):
        identifier_digest(Kind.CUI, CUI)


def test_turning_the_keys_leaves_everybody_known_and_the_old_key_free():
    ana = make_learner()
    save_identifier(ana, Kind.EMPLOYEE, "99A1")
    call_command("rotate_account_keys", verbosity=0)
    key_files()[-1].unlink()
    assert people_by_number(Kind.EMPLOYEE, ["99A1"]) == {"99A1": ana}


def test_a_lost_key_lets_the_digests_go(keys):
    save_identifier(make_learner(), Kind.CUI, CUI)
    assert has_sealed_accounts()
    keys.unlink()
    make_key()
    call_command("rotate_account_keys", only_seal=True, give_up_unreadable=True, verbosity=0)
    assert not PersonIdentifier.objects.exists()
    assert not DigestKey.objects.exists()
    assert people_by_number(Kind.CUI, [CUI]) == {}


def test_a_number_is_one_persons():
    ana, eva = make_learner(), make_learner("EVA234")
    save_identifier(ana, Kind.CUI, CUI)
    save_identifier(ana, Kind.CUI, CUI)
    with pytest.raises(BelongsToAnother):
        save_identifier(eva, Kind.CUI, CUI)
    delete_identifier(ana, Kind.CUI)
    save_identifier(eva, Kind.CUI, CUI)
    assert people_by_number(Kind.CUI, [CUI]) == {CUI: eva}


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("kind", "text"),
    [("cui", "254789631010"), ("cui", "0000000000000"), ("cui", "no"), ("employee", "1"), ("employee", "ñ!")],
)
def test_what_is_no_number_is_refused_without_repeating_it(kind, text):
    with pytest.raises(NotAnIdentifier) as refused:
        parse_identifier(kind, text)
    assert text not in str(refused.value)


def test_the_person_reads_the_end_and_no_digest():
    ana = make_learner()
    save_identifier(ana, Kind.CUI, CUI)
    told = next(
        t for t in collect_personal_data(ana, hidden_before=None, now=NOW)["tables"] if t["name"] == "PersonIdentifier"
    )
    assert [row["ends_with"] for row in told["rows"]] == ["01"]
    assert identifier_digest(Kind.CUI, CUI) not in str(told)


def test_merging_keeps_what_the_account_that_remains_lacks():
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer])
    ana, twin = make_learner(cohort=cohort), make_learner("CDF234", cohort=cohort)
    User.objects.filter(pk=twin.pk).update(phone="+50255551234", sex="woman")
    twin.refresh_from_db()
    save_identifier(ana, Kind.EMPLOYEE, "111")
    save_identifier(twin, Kind.EMPLOYEE, "222")
    save_identifier(twin, Kind.CUI, CUI)
    merge_accounts(ana, twin, by=trainer, cohort=cohort, now=NOW)
    ana.refresh_from_db()
    assert (ana.phone, ana.sex) == ("+50255551234", "woman")
    assert people_by_number(Kind.CUI, [CUI]) == {CUI: ana}
    assert people_by_number(Kind.EMPLOYEE, ["111", "222"]) == {"111": ana}
