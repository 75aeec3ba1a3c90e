import brotli
import pytest

from course.atomic_files import replace_symlink, write_atomically
from course.compressed_files import CompressedFiles, is_compressed


def test_a_file_is_replaced_whole_with_its_rights(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "uno")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("uno", 0o600)
    rights = []
    write_atomically(
        path, "dos ñ".encode(), mode=0o644, give=lambda beside: rights.append(beside.stat().st_mode & 0o777)
    )
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("dos ñ", 0o644)
    assert rights == [0o600], "nobody reads it before it is whose it shall be"


def test_failed_write_leaves_the_previous_file_and_no_other(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, "uno")

    def refuse(beside):
        raise PermissionError

    with pytest.raises(PermissionError):
        write_atomically(path, "dos", give=refuse)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "uno")]


def test_unfinished_file_of_a_killed_writer_is_removed_and_a_link_is_not_followed(tmp_path):
    (tmp_path / "other").write_text("of others")
    (tmp_path / ".file.unfinished").symlink_to("other")
    write_atomically(tmp_path / "file", "uno")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"other": "of others", "file": "uno"}


def test_a_link_leads_elsewhere_in_one_moment(tmp_path):
    for target in ("one", "two", "two"):
        replace_symlink(tmp_path / "current", target)
        assert (tmp_path / "current").readlink().name == target
    assert [one.name for one in tmp_path.iterdir()] == ["current"]


STYLE = "body { color: navy }\n" * 50


@pytest.fixture
def collected(tmp_path):
    storage = CompressedFiles(location=tmp_path, base_url="/static/")

    def collect(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.css").write_text(text)
        paths = {f"{name}.css": (storage, f"{name}.css") for name in files}
        return {made for _name, made, _processed in storage.post_process(paths) if made.endswith((".br", ".gz"))}

    return collect


def test_a_file_is_compressed_when_it_is_new_or_another_one(collected, tmp_path):
    assert len(collected(site=STYLE, desk=STYLE + "p {}")) == 8
    assert collected(site=STYLE, desk=STYLE + "p {}") == set()
    changed = collected(site=STYLE, desk=STYLE + "a {}")
    assert len(changed) == 4
    assert {name[:4] for name in changed} == {"desk"}
    for packed in tmp_path.glob("*.br"):
        assert brotli.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


def test_what_is_the_same_under_two_names_is_compressed_once(collected, monkeypatch):
    packed, compress = [], brotli.compress
    monkeypatch.setattr(brotli, "compress", lambda data: packed.append(data) or compress(data))
    assert len(collected(site=STYLE)) == 4, "with a digest in its name, and without it"
    assert packed == [STYLE.encode()]


@pytest.mark.parametrize("ending", [".br", ".gz"])
def test_truncated_compressed_file_is_made_again(collected, tmp_path, ending):
    collected(site=STYLE)
    packed = tmp_path / f"site.css{ending}"
    whole = packed.read_bytes()
    for broken in (whole[:-3], b"", b"nonsense"):
        packed.write_bytes(broken)
        assert not is_compressed(tmp_path / "site.css")
        collected(site=STYLE)
        assert packed.read_bytes() == whole
    packed.unlink()
    assert f"site.css{ending}" in collected(site=STYLE)
