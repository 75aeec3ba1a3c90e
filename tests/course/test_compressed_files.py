"""Static files are compressed once: what lies there whole is left, what is not is made."""

import brotli
import pytest

from course.compressed_files import CompressedFiles, is_compressed

STYLE = "body { color: navy }\n" * 50


@pytest.fixture
def collected(tmp_path):
    """Return a function that collects texts by name, and what is compressed for it each time."""
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
def test_what_was_cut_off_is_made_anew(collected, tmp_path, ending):
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
