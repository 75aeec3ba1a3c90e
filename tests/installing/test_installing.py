import re
import subprocess

import pytest

from course.installing.release import environment_id
from course.operating.environment import read_environment

from .conftest import CLINIC
from .scratch import OPT, ROOT, files_below, own_certificate, script_install

SERVER = ("--for", "server", "--address", "curso.example.gt", "--yes")


def settings_of(root):
    return read_environment(root / "etc/trato-digno.env")


def test_a_clinic_gets_one_process_a_file_and_its_own_authority(clinic):
    settings = settings_of(clinic)
    assert len(settings.pop("SECRET_KEY")) >= 50
    assert settings == {
        "DJANGO_SETTINGS_MODULE": "course.settings.production",
        "SITE_URL": "https://trato.lan",
        "ALLOWED_HOSTS": "trato.lan",
        "DATABASE_URL": "sqlite:////var/lib/trato-digno/trato-digno.sqlite3",
        "VAR_DIR": "/var/lib/trato-digno",
        "BACKUP_DIR": "/var/backups/trato-digno",
        "HOST": "127.0.0.1",
        "PORT": "8000",
        "WEB_CONCURRENCY": "1",
        "SERVE_WORKER": "1",
        "PRINTING_PROCESSES": "1",
        "HSTS_SECONDS": "3600",
    }
    assert not (clinic / "etc/systemd/system/trato-digno-worker.service").exists()
    assert "issuer internal" in (clinic / "etc/caddy/trato-digno.caddy").read_text()


@pytest.mark.parametrize(
    ("database", "url"),
    [
        ("postgresql", "postgres://%2Frun%2Fpostgresql/trato-digno"),
        ("postgres://trato:a%23b%20c@db.example.gt:5433/trato", "postgres://trato:a%23b%20c@db.example.gt:5433/trato"),
        ("sqlite", "sqlite:////var/lib/trato-digno/trato-digno.sqlite3"),
    ],
)
def test_a_server_gets_a_worker_beside_it_and_a_public_authority(fresh, database, url):
    script_install("--root", fresh, *SERVER, "--database", database, "--acme-mail", "red@example.gt")
    settings = settings_of(fresh)
    assert settings["DATABASE_URL"] == url
    assert settings["WEB_CONCURRENCY"] == "2"
    assert settings.keys() & {"SERVE_WORKER", "HSTS_SECONDS"} == set()
    assert (fresh / "etc/systemd/system/trato-digno-worker.service").exists()
    proxy = (fresh / "etc/caddy/trato-digno.caddy").read_text()
    assert "tls red@example.gt" in proxy
    assert "raiz" not in proxy


def test_an_own_certificate_is_copied_for_caddy_alone(fresh, tmp_path):
    key, certificate = own_certificate(tmp_path, "DNS:curso.example.gt")
    files = ("--https", "files", "--certificate", certificate, "--key", key, "--database", "sqlite")
    script_install("--root", fresh, *SERVER, *files)
    found = files_below(fresh)
    assert found["/etc/caddy/trato-digno.crt"] == ("0o644", certificate.read_bytes())
    assert found["/etc/caddy/trato-digno.key"] == ("0o640", key.read_bytes())
    key.unlink()
    assert "Todo estaba hecho ya." in script_install("--root", fresh, *SERVER[-1:]).stdout
    key, certificate = own_certificate(tmp_path, "DNS:curso.example.gt")
    script_install("--root", fresh, "--yes", *files[2:6])
    assert files_below(fresh)["/etc/caddy/trato-digno.key"] == ("0o640", key.read_bytes())


def test_nobody_else_reads_what_is_secret_and_everybody_what_is_code(clinic):
    modes = {path: mode for path, (mode, _held) in files_below(clinic).items()}
    assert modes["/etc/trato-digno.env"] == "0o640"
    assert modes["/opt/trato-digno/installed.json"] == "0o600"
    assert {modes[f"/var/{path}/trato-digno"] for path in ("lib", "backups", "cache")} == {"0o700"}
    assert modes["/usr/local/bin/trato"] == "0o755"
    assert {mode for path, mode in modes.items() if path.startswith("/etc/systemd/system/")} == {"0o644"}
    code = clinic / OPT / "releases"
    closed = [str(path) for path in code.rglob("*") if not path.is_symlink() and not path.stat().st_mode & 0o004]
    assert closed == []


def test_the_code_is_what_git_tracks_named_by_its_commit(clinic):
    [release] = (clinic / OPT / "releases").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[0-9a-f]{7}(-[0-9a-f]{7})?", release.name)
    assert (release / "RELEASE").read_text() == f"{release.name}\n"
    assert (clinic / OPT / "current").readlink().name == release.name
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    tracked = listed.stdout.split("\n")
    assert [name for name in tracked if name and (ROOT / name).is_file() and not (release / name).is_file()] == []
    assert not (release / ".git").exists()
    assert not (release / "var").exists()
    assert str(release.joinpath(".venv").readlink()) == f"/{OPT}/environments/{environment_id(ROOT, s3=False)}"
    assert list(release.glob("course/locale/es/LC_MESSAGES/*.mo"))
    assert list(release.glob("course/__pycache__/urls.*.pyc"))


def test_a_second_time_nothing_is_done(clinic):
    before = files_below(clinic)
    said = script_install("--root", clinic, "--yes").stdout
    assert said == "Todo estaba hecho ya.\n"
    [release] = (clinic / OPT / "releases").iterdir()
    done = subprocess.run(
        [release / "script/install", "--root", clinic, "--yes"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, said), done.stderr
    assert files_below(clinic) == before


def test_what_a_person_changed_made_or_deleted_stays_and_ours_is_put_beside(fresh):
    caddyfile, units = fresh / "etc/caddy/Caddyfile", fresh / "etc/systemd/system"
    unit, timer = units / "trato-digno.service", units / "trato-digno-tidy.timer"
    caddyfile.parent.mkdir(parents=True)
    caddyfile.write_text("otra.example.gt {\n}\n")
    said = script_install("--root", fresh, *CLINIC).stdout
    assert f"Los archivos están bajo {fresh}." in said
    unit.write_text(unit.read_text() + "# mine\n")
    timer.unlink()
    before = files_below(fresh)
    said = script_install("--root", fresh, "--yes").stdout
    after = files_below(fresh)
    assert {path for path, held in before.items() if after[path] != held} <= {f"/{OPT}/installed.json"}
    new = {path for path in after if path.endswith(".nuevo")}
    assert new == {f"/{path.relative_to(fresh)}.nuevo" for path in (caddyfile, unit, timer)}
    for path in new:
        assert f"Lo nuestro está en {path}" in said
    # And so the next time: it is said, and nothing is done.
    again = script_install("--root", fresh, "--yes").stdout
    assert again.startswith("Todo estaba hecho ya.\n")
    assert again.count(".nuevo") == 3
    assert files_below(fresh) == after


def test_settings_that_a_person_changed_are_followed_and_those_taken_out_stay_out(installed):
    path = installed / "etc/trato-digno.env"
    secret = settings_of(installed)["SECRET_KEY"]
    text = path.read_text().replace("trato.lan", "curso.lan").replace("WEB_CONCURRENCY=1\n", "")
    path.write_text(text + "PORT=8001\n")
    script_install("--root", installed, "--yes")
    settings = settings_of(installed)
    assert (settings["SITE_URL"], settings["PORT"], settings["SECRET_KEY"]) == ("https://curso.lan", "8001", secret)
    assert "WEB_CONCURRENCY" not in settings
    proxy = (installed / "etc/caddy/trato-digno.caddy").read_text()
    assert "https://curso.lan {" in proxy
    assert "trato.lan" not in proxy
    assert "reverse_proxy 127.0.0.1:8001" in proxy


def test_a_flag_that_contradicts_the_settings_is_refused(installed):
    before = files_below(installed)
    refused = script_install("--root", installed, "--yes", "--address", "otra.lan", check=False)
    assert refused.returncode == 1
    assert "Cambie esa línea y repita sin --address." in refused.stderr
    assert files_below(installed) == before


def test_what_is_asked_for_later_is_appended(installed):
    before = (installed / "etc/trato-digno.env").read_text()
    mail = ("--mail-host", "correo.example.gt", "--mail-from", "curso@example.gt")
    script_install("--root", installed, "--yes", *mail, "--backup-copies", "/mnt/otro disco")
    after = (installed / "etc/trato-digno.env").read_text()
    assert after.startswith(before)
    settings = settings_of(installed)
    assert settings["EMAIL_HOST"], settings["EMAIL_USE_TLS"] == ("correo.example.gt", "1")
    assert settings["BACKUP_COPIES"] == "/mnt/otro disco"
    backup = (installed / "etc/systemd/system/trato-digno-backup.service").read_text()
    assert "ReadWritePaths=/var/lib/trato-digno /var/backups/trato-digno -/mnt/otro\\x20disco\n" in backup


def test_storage_that_speaks_s3_brings_its_packages(installed):
    said = script_install("--root", installed, "--dry-run", "--backup-copies", "s3://respaldo/curso").stdout
    assert environment_id(ROOT, s3=True) != environment_id(ROOT, s3=False)
    assert f"$ VENV=/{OPT}/environments/{environment_id(ROOT, s3=True)} script/setup --s3\n" in said


def test_a_dry_run_says_all_and_changes_nothing(clinic, fresh):
    before = files_below(fresh)
    said = script_install("--root", fresh, "--dry-run", *CLINIC).stdout
    assert files_below(fresh) == before
    listed = dict(re.findall(r"^    (/\S+?)/?  (0\d{3}) ", said, re.MULTILINE))
    written = {
        path: f"0{mode[2:]}"
        for path, (mode, _held) in files_below(clinic).items()
        if path.startswith((*listed, "/etc/")) and path not in UNNAMED
    }
    assert {path: mode for path, mode in listed.items() if "/releases/" not in path and path in written} == written
    assert "    /etc/trato-digno.env  0640 root:trato-digno\n" in said
    assert "        SECRET_KEY=(se genera)\n" in said
    commands = re.findall(r"^    \$ (.+)$", said, re.MULTILINE)
    for beginning in COMMANDS:
        assert [one for one in commands if one.startswith(beginning)], beginning


UNNAMED = {"/etc/caddy", "/etc/systemd", "/etc/systemd/system"} | {f"/{OPT}/installed.json", f"/{OPT}/current"}
COMMANDS = [
    "apt-get install",
    "useradd --system",
    "trato manage prepare_site",
    "trato manage make_issuer_key --if-missing",
    "systemctl enable --now trato-digno.service",
    "caddy validate",
    "trato manage invite_administrator JEFA21 --if-none",
]


def test_no_password_is_shown(fresh, tmp_path):
    password = tmp_path / "password"
    password.write_text("guacamole#%\n")
    mail = ("--mail-host", "m.example.gt", "--mail-from", "c@example.gt", "--mail-user", "c")
    flags = (*SERVER, "--database", "postgres://trato:guacamole@db/trato", *mail, "--mail-password-file", password)
    assert "guacamole" not in script_install("--root", fresh, "--dry-run", *flags).stdout
    assert "guacamole" not in script_install("--root", fresh, *flags).stdout
    assert settings_of(fresh)["EMAIL_HOST_PASSWORD"] == "guacamole#%"


def test_another_version_is_left_to_the_upgrade(clinic, installed):
    record = installed / OPT / "installed.json"
    record.write_text(record.read_text().replace('"facts": {', '"facts": {"prepared": "2026-01-01-0000000",'))
    (installed / OPT / "current").unlink()
    (installed / OPT / "current").symlink_to("releases/2026-01-01-0000000")
    refused = script_install("--root", installed, "--yes", check=False)
    assert refused.returncode == 1
    assert "trato upgrade CARPETA" in refused.stderr


def test_a_run_that_was_cut_short_is_gone_on_with(installed):
    whole = files_below(installed)
    for path in ("etc/caddy/Caddyfile", "etc/systemd/system/trato-digno.service", f"{OPT}/current"):
        (installed / path).unlink()
    record = installed / OPT / "installed.json"
    kept = re.sub(r' +"/etc/(caddy/Caddyfile|systemd/system/trato-digno.service)": "\w+",\n', "", record.read_text())
    record.write_text(kept)
    script_install("--root", installed, "--yes")
    assert files_below(installed) == whole


def test_a_folder_for_copies_is_made_where_its_disk_is_there(fresh):
    (fresh / "mnt/disco").mkdir(parents=True)
    script_install("--root", fresh, *CLINIC, "--backup-copies", "/mnt/disco/respaldos,/mnt/otro/respaldos")
    assert (fresh / "mnt/disco/respaldos").stat().st_mode & 0o777 == 0o700
    assert not (fresh / "mnt/otro").exists(), "nothing is copied onto the own disk while another is away"
