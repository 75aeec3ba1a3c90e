import subprocess

import pytest

from course.installing.authority import ISSUING_CERTIFICATE, ISSUING_KEY, PUBLIC_COPY, ROOT_CERTIFICATE

from .conftest import CLINIC
from .scratch import files_below, script_install


def openssl(*arguments, check=True, **options):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False, **options)
    if check and done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout + done.stderr


def verify(root, folder, names, *, purpose="sslserver"):
    (folder / "names").write_text(f"subjectAltName={names}\n")
    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/")
    openssl(*new, "-keyout", folder / "leaf.key", "-out", folder / "leaf.csr")
    signer = ("-CA", f"{root}{ISSUING_CERTIFICATE}", "-CAkey", f"{root}{ISSUING_KEY}")
    leaf = ("-in", folder / "leaf.csr", "-days", "1", "-extfile", folder / "names", "-out", folder / "leaf.crt")
    openssl("x509", "-req", *signer, *leaf)
    trusting = ("-CAfile", f"{root}{ROOT_CERTIFICATE}", "-untrusted", f"{root}{ISSUING_CERTIFICATE}")
    return openssl("verify", "-purpose", purpose, *trusting, folder / "leaf.crt", check=False)


@pytest.mark.parametrize("names", ["DNS:trato.lan", "DNS:trato.lan,DNS:www.trato.lan"])
def test_it_vouches_for_its_address(clinic, tmp_path, names):
    assert "OK" in verify(clinic, tmp_path, names)


@pytest.mark.parametrize(
    "names", ["DNS:banco.example", "DNS:trato.lan,DNS:banco.example", "DNS:lan", "IP:192.168.1.10", "IP:2001:db8::1"]
)
def test_it_can_vouch_for_no_other(clinic, tmp_path, names):
    assert "subtree violation" in verify(clinic, tmp_path, names)


def test_it_signs_no_programs_and_no_letters(clinic, tmp_path):
    assert "error" in verify(clinic, tmp_path, "DNS:trato.lan", purpose="smimesign")


def test_by_its_number_it_vouches_for_that_number_alone(fresh, tmp_path):
    script_install("--root", fresh, "--for", "clinic", "--address", "192.168.1.10", "--yes")
    assert "default_sni 192.168.1.10" in (fresh / "etc/caddy/trato-digno.options").read_text()
    assert "OK" in verify(fresh, tmp_path, "IP:192.168.1.10")
    for names in ("IP:192.168.1.11", "DNS:trato.lan", "DNS:banco.example"):
        assert "subtree violation" in verify(fresh, tmp_path, names)


def test_the_secret_half_of_its_root_is_nowhere(clinic):
    held = {path: held for path, (_mode, held) in files_below(clinic).items() if isinstance(held, bytes)}
    assert [path for path, content in held.items() if b"PRIVATE KEY" in content] == [ISSUING_KEY]
    assert files_below(clinic)[ISSUING_KEY][0] == "0o640"
    signs = openssl("pkey", "-in", f"{clinic}{ISSUING_KEY}", "-pubout")
    assert signs == openssl("x509", "-in", f"{clinic}{ISSUING_CERTIFICATE}", "-noout", "-pubkey")
    assert signs != openssl("x509", "-in", f"{clinic}{ROOT_CERTIFICATE}", "-noout", "-pubkey")


def test_one_that_was_brought_from_the_machine_before_is_kept(clinic, fresh):
    for path in (ISSUING_KEY, ISSUING_CERTIFICATE, ROOT_CERTIFICATE):
        (fresh / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path[1:]).write_bytes((clinic / path[1:]).read_bytes())
    script_install("--root", fresh, "--for", "clinic", "--address", "trato.lan", "--yes")
    before, after = files_below(clinic), files_below(fresh)
    for path in (ISSUING_KEY, ISSUING_CERTIFICATE, ROOT_CERTIFICATE, PUBLIC_COPY):
        assert after[path][1] == before[path][1]


def test_another_address_gets_another(installed):
    before = files_below(installed)[PUBLIC_COPY]
    settings = installed / "etc/trato-digno.env"
    settings.write_text(settings.read_text().replace("trato.lan", "curso.lan"))
    script_install("--root", installed, "--yes")
    assert files_below(installed)[PUBLIC_COPY] != before
    assert "curso.lan" in openssl("x509", "-in", f"{installed}{PUBLIC_COPY}", "-noout", "-subject")


def test_one_that_a_stick_brought_back_is_caddys_again(fresh):
    script_install("--root", fresh, *CLINIC)
    folder = fresh / "etc/caddy/trato-digno-authority"
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    # As a stick without owners gives it back.
    for path in folder.iterdir():
        path.chmod(0o777)
    script_install("--root", fresh, *CLINIC)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made, "devices go on trusting it"
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}
    assert modes == {"root.crt": "0o644", "issuing.crt": "0o644", "issuing.key": "0o640"}
