import subprocess

import pytest

from course.installing import answers as check
from course.installing.environment_file import append, shown_line
from course.installing.machine import Machine
from course.installing.questions import answered, ask_at_the_terminal, questions
from course.operating.environment import read_environment
from course.operating.words import Refused

from .scratch import files_below, script_install

MAIL = ("--mail-host", "m.gt", "--mail-from", "a@b.gt")


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Curso.Example.GT", "curso.example.gt"),
        ("https://curso.example.gt/", "curso.example.gt"),
        ("192.168.1.10", "192.168.1.10"),
        ("trato", "trato"),
    ],
)
def test_an_address_is_taken_from_what_people_paste(typed, taken):
    assert check.address(typed) == taken


@pytest.mark.parametrize(
    "typed",
    ["", "curso.example.gt:8443", "https://curso.example.gt/es/", "192.168.1.300", "1.2.3", "fe80::1", "-curso.gt",
     "a b", "curso..gt", "niño.gt", "{env.HOME}", 'a" {', "curso.example.gt,otra.gt", "x" * 64 + ".gt",
     "*.example.gt"],
)  # fmt: skip
def test_another_is_refused(typed):
    with pytest.raises(Refused, match=r"escriba solo el nombre"):
        check.address(typed)


@pytest.mark.parametrize(
    ("check_it", "typed"),
    [
        (check.database, "mysql://a@b/c"),
        (check.database, "postgres://"),
        (check.database, "postgres://db/"),
        (check.database, "postgres://db:port/name"),
        (check.database, "postgres://a:b c@db/name"),
        (check.database, "postgres://[db/name"),
        (check.host, "correo.example.gt:25"),
        (check.host, "correo {"),
        (check.port, "0"),
        (check.port, "65536"),
        (check.port, "²"),
        (check.mail_address, "curso"),
        (check.mail_address, "a@b@c"),
        (check.mail_addresses, "a@example.gt, b"),
        (check.recipients, "age1abc"),
        (check.recipients, "AGE-SECRET-KEY-1ABC"),
        (check.copies, "mnt/respaldo"),
        (check.copies, "/mnt/../etc"),
        (check.copies, "/var/lib/trato-digno/copias"),
        (check.copies, "/var/backups/trato-digno"),
        (check.copies, "/mnt/\"x\""),
        (check.copies, "/mnt/%h"),
        (check.copies, "s3://A"),
        (check.user_code, "dos palabras"),
        (check.user_code, "ab"),
        (check.file, "/no/such/file"),
        (check.one_of("a", "b"), "c"),
    ],
)  # fmt: skip
def test_bad_answers_are_refused(check_it, typed):
    with pytest.raises(Refused):
        check_it(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("mysql://trato:guacamole@db/trato", "postgres:trato:guacamole@db/trato", "trato:guacamole@db", "guacamole"),
        "postgres:///trato?password=guacamole",
    ],
)
def test_a_password_in_an_address_is_not_repeated(typed):
    with pytest.raises(Refused, match="postgres://persona:contraseña") as refused:
        check.database(typed)
    assert "guacamole" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("DATABASE_URL", "postgres://trato:guacamole@db/trato", "DATABASE_URL=…"),
        ("DATABASE_URL", "postgres://db/trato?user=trato&password=guacamole", "DATABASE_URL=…"),
        ("DATABASE_URL", "postgres://%2Frun%2Fpostgresql/trato", "DATABASE_URL=postgres://%2Frun%2Fpostgresql/trato"),
        ("EMAIL_HOST_PASSWORD", "guacamole", "EMAIL_HOST_PASSWORD=…"),
        ("ADMINS", "ana@example.gt", "ADMINS=ana@example.gt"),
    ],
)
def test_a_line_is_shown_without_its_password(name, value, shown):
    assert shown_line(name, value) == shown.replace("…", '"…"')


@pytest.mark.parametrize("address", ["trato.lan", "192.168.1.10", "trato", "curso.local"])
def test_no_public_authority_is_asked_about_a_name_of_the_own_network(tmp_path, address):
    flags = ("--for", "server", "--address", address, "--https", "acme", "--yes")
    refused = script_install("--root", tmp_path / "x", *flags, check=False)
    assert refused.returncode == 1
    assert "Use --https local" in refused.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--for", "server", "--yes"), "Falta --address"),
        (("--for", "hospital", "--yes"), "hay clínica, servidor"),
        (("--address", "a.lan", "--https", "files", "--yes"), "Falta --certificate"),
        (("--address", "a.lan", "--mail-host", "m.gt", "--yes"), "Falta --mail-from"),
        (("--address", "a.lan", *MAIL, "--mail-user", "u", "--yes"), "Falta --mail-password-file"),
        (("--address", "a.lan", "--mail-from", "a@b\nEMAIL_HOST=x", "--yes"), "una sola línea"),
        (("--address", "a.lan"), "añada --yes o --dry-run"),
        (("--address", "a.lan", "--mail-password-file", "/no/file", "--yes"), "No se puede leer /no/file"),
    ],
)
def test_nothing_is_half_done(tmp_path, flags, sentence):
    root = tmp_path / "x"
    root.mkdir()
    refused = script_install("--root", root, *flags, check=False)
    assert (refused.returncode, files_below(root)) == (1, {})
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_being_root_and_on_debian_nothing_begins():
    text = (check.Path(__file__).parents[2] / "script/install").read_text()
    assert text.index("Hace falta Debian 13") < text.index("course.installing")


def test_what_was_not_given_is_asked_until_it_is_an_answer(monkeypatch, capsys):
    typed = iter(["hospital", "Servidor", "", "https://Curso.example.gt", "", "", "sqlite"])
    monkeypatch.setattr("course.installing.questions._read", lambda prompt: next(typed, ""))
    found = answered(questions(own_address="192.168.1.7"), {"admin": "JEFA21"}, ask=ask_at_the_terminal)
    given = {"place": "server", "address": "curso.example.gt", "https": "acme", "database": "sqlite"}
    empty = dict.fromkeys(("contact", "mail_host", "backup_copies", "backup_recipients"), "")
    assert found == given | empty | {"backup_key": "no", "admin": "JEFA21"}
    asked = capsys.readouterr().err
    assert "«hospital»: hay clínica, servidor." in asked
    assert "Hace falta una respuesta." in asked


def test_a_password_of_the_mail_that_is_empty_is_asked_for_again(monkeypatch, capsys):
    typed = iter(["", "geheim"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    [password] = [one for one in questions(own_address="192.168.1.7") if one.name == "mail_password"]
    assert ask_at_the_terminal(password, password.usual({})) == "geheim"
    asked = capsys.readouterr().err
    assert (asked.count("Hace falta una respuesta."), "geheim" in asked) == (1, False)


def test_a_clinic_is_offered_its_own_number():
    found = answered(questions(own_address="192.168.1.7"), {}, ask=None)
    assert (found["place"], found["address"], found["https"], found["database"]) == (
        "clinic", "192.168.1.7", "local", "sqlite",
    )  # fmt: skip


def test_it_speaks_english_where_the_terminal_does(tmp_path):
    refused = script_install("--root", tmp_path, "--for", "server", "--yes", check=False, LANG="en_US.UTF-8")
    assert refused.stderr.startswith("--address is missing:")


HOSTILE = ["a b", "#a", "a #b", "'", '"', "a\"b'c", "\\", "a\\nb", "%n%%", "$HOME", "`id`", "ñandú", "=a", ";a", "a\\"]


def test_hostile_passwords_arrive_as_they_are(tmp_path):
    machine, names = Machine(tmp_path), [f"PASSWORD_{number}" for number in range(len(HOSTILE))]
    for name, password in zip(names, HOSTILE, strict=True):
        append(machine, name, password)
    path = tmp_path / "etc/trato-digno.env"
    assert [read_environment(path)[name] for name in names] == HOSTILE
    script = f". {path}; for name in {' '.join(names)}; do eval printf '%s\\\\n' '\"$'$name'\"'; done"
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert shell.stdout.split("\n")[:-1] == HOSTILE


def test_an_answer_is_taken_in_either_language():
    assert [check.yes_or_no(typed) for typed in ("sí", "SI", "s", "yes", "n")] == ["yes"] * 4 + ["no"]
    assert {check.one_of(*check.PLACES)(typed) for typed in ("clinic", "clínica", "clinica", "Clínica")} == {"clinic"}
    with pytest.raises(Refused):
        check.yes_or_no("sí?")
