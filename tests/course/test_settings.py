import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from course.checks import no_demo_people, site_url_is_https
from course.models import User
from tests.factories import make_learner

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference" / "settings.md"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "course.settings.production",
    "SECRET_KEY": "kept-by-the-tests-" + "x7Qp" * 10,
    "ALLOWED_HOSTS": "trato.example",
    "SITE_URL": "https://trato.example",
}


def variables_read_by_python():
    # `DATABASE_URL` is read inside dj_database_url.
    names = {"DATABASE_URL"}
    for path in [ROOT / "manage.py", *(p for app in APPS for p in (ROOT / app).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text())):
            asked = isinstance(node, ast.Call) and ast.unparse(node.func) in ASKING
            if asked or (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ"):
                name = node.args[0] if asked else node.slice
                if isinstance(name, ast.Constant):
                    names.add(name.value)
    return names


APPS = ["course", "certificates", "modules", "quizzes"]
ASKING = {
    "os.environ.get",
    "os.environ.setdefault",
    "os.getenv",
    "env_addresses",
    "env_languages",
    "env_list",
    "env_moment",
    "required_env",
}


def variables_read_by_scripts():
    text = "".join((ROOT / "script" / name).read_text() for name in ("server", "setup"))
    return set(re.findall(r"\$\{([A-Z_][A-Z0-9_]*):-", text))


def documented_variables():
    return set(re.findall(r"^\| `([A-Z_][A-Z0-9_]*)` \|", REFERENCE.read_text(), flags=re.MULTILINE))


def test_the_reference_names_every_variable_that_is_read_and_no_other():
    assert documented_variables() == variables_read_by_python() | variables_read_by_scripts()


def production(code, folder, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; settings.INSTALLED_APPS; {code}"],
        cwd=ROOT,
        env=kept | PRODUCTION | {"VAR_DIR": str(folder)} | environment,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without_its_secrets_and_says_which(tmp_path, name):
    answer = production("", tmp_path, **{name: ""})
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith(f"The environment variable {name} is needed: see docs/reference/settings.md.")


def test_production_trusts_nothing_that_development_trusts(tmp_path):
    code = (
        "print(settings.DEBUG, settings.DEMO_PEOPLE_ALLOWED, settings.REQUIRE_SECOND_FACTOR, settings.ALLOWED_HOSTS, "
        "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)"
    )
    answer = production(code, tmp_path, DEBUG="1")
    assert answer.stdout.strip() == "False False True ['trato.example'] True True True", answer.stderr


def test_cookies_of_a_server_come_from_its_own_host_over_https_alone(tmp_path):
    code = (
        "print([getattr(settings, f'{name}_COOKIE_{what}') for name in ('SESSION', 'CSRF')"
        " for what in ('NAME', 'SECURE', 'HTTPONLY', 'DOMAIN', 'PATH')])"
    )
    held = [True, True, None, "/"]
    answer = production(code, tmp_path)
    assert ast.literal_eval(answer.stdout) == ["__Host-sessionid", *held, "__Host-csrftoken", *held]


def test_the_database_file_is_written_safely_and_holds_the_guesses_that_every_process_counts(tmp_path):
    answer = production("print([settings.DATABASES['default']['OPTIONS'], settings.CACHES['default']])", tmp_path)
    options, cache = ast.literal_eval(answer.stdout)
    assert cache["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_a_command_asks_the_database_itself_and_not_the_pooler_that_pages_ask(tmp_path):
    code = "d = settings.DATABASES['default']; print(d['PORT'], d['DISABLE_SERVER_SIDE_CURSORS'])"
    both = {"DATABASE_URL": "postgres://t@127.0.0.1:5432/t", "DATABASE_POOLER_URL": "postgres://t@127.0.0.1:6432/t"}
    answer = production(code, tmp_path, **both)
    assert answer.stdout.strip() == "5432 False", answer.stderr


def test_the_keys_of_credentials_lie_where_the_environment_says_or_beside_the_database(tmp_path):
    code = "print(settings.CREDENTIAL_KEYS_DIR)"
    assert production(code, tmp_path).stdout.strip() == str(tmp_path / "keys")
    assert production(code, tmp_path, CREDENTIAL_KEYS_DIR="/etc/trato/keys").stdout.strip() == "/etc/trato/keys"


def test_addresses_are_read_in_one_form(tmp_path):
    code = "print(settings.SITE_URL, settings.FORMER_SITE_URLS, settings.CSRF_TRUSTED_ORIGINS, settings.ALLOWED_HOSTS)"
    spelled = {"SITE_URL": "https://Curso.Salud.gt/", "FORMER_SITE_URLS": "HTTPS://Año.Salud.gt:8443/, http://Viejo.gt"}
    answer = production(code, tmp_path, **spelled)
    assert answer.stdout.strip() == (
        "https://curso.salud.gt ['https://xn--ao-zja.salud.gt:8443', 'http://viejo.gt'] ['https://curso.salud.gt'] "
        "['trato.example']"
    ), answer.stderr


def test_preparing_a_site_collects_anew_when_static_files_are_kept_in_another_way(settings, tmp_path, db):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("prepare_site", no_content=True, verbosity=0)
    assert not (settings.STATIC_ROOT / "staticfiles.json").exists()
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": manifest}
    call_command("prepare_site", no_content=True, verbosity=0)
    assert (settings.STATIC_ROOT / "staticfiles.json").exists()


def test_the_tests_leave_the_static_files_of_a_server_alone(settings):
    assert settings.STATIC_ROOT.is_relative_to(settings.VAR_DIR / "tests")


def test_a_browser_insists_on_https_for_this_name_alone(tmp_path):
    code = "print([getattr(settings, f'SECURE_HSTS_{name}') for name in ('SECONDS', 'INCLUDE_SUBDOMAINS', 'PRELOAD')])"
    assert ast.literal_eval(production(code, tmp_path).stdout) == [60 * 60 * 24 * 365, False, False]
    wanted = {"HSTS_SECONDS": "3600", "HSTS_INCLUDE_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}
    assert ast.literal_eval(production(code, tmp_path, **wanted).stdout) == [3600, True, True]


def ours(messages):
    return [message.id for message in messages if message.id.startswith("course.")]


@pytest.mark.django_db
def test_a_demo_person_is_an_error_that_names_them_and_real_people_are_none():
    make_learner("REAL22")
    assert no_demo_people(None) == []
    make_learner("ANA234", is_demo=True)
    make_learner("LUZ567", is_demo=True)
    (error,) = no_demo_people(None)
    assert (error.id, error.msg) == (
        "course.E002",
        "There are demo people in this database, whose PINs are public: ANA234, LUZ567.",
    )


@pytest.mark.django_db
def test_the_command_fails_for_a_demo_person_without_being_told_which_database(settings):
    settings.SITE_URL = "https://trato.example"
    make_learner("ANA234", is_demo=True)
    with pytest.raises(SystemCheckError, match=r"whose PINs are public: ANA234"):
        call_command("check", deploy=True)


@pytest.mark.django_db
def test_a_database_without_tables_is_no_error(monkeypatch):
    monkeypatch.setattr(User._meta, "db_table", "not_made_yet")
    assert no_demo_people(None) == []


def test_an_address_without_https_is_an_error(settings):
    settings.SITE_URL = "http://localhost:8000"
    assert [error.id for error in site_url_is_https(None)] == ["course.E001"]
    settings.SITE_URL = "https://trato.example"
    assert site_url_is_https(None) == []


@pytest.mark.django_db
def test_only_a_deployment_is_checked(settings):
    settings.SITE_URL = "http://localhost:8000"
    make_learner(is_demo=True)
    assert ours(run_checks()) == []
    assert set(ours(run_checks(include_deployment_checks=True))) == {"course.E001", "course.E002"}
