"""Files that are there whole or not at all."""

import pytest

from course.disk import lead_to, write_whole


def test_a_file_is_replaced_whole_with_its_rights(tmp_path):
    path = tmp_path / "file"
    write_whole(path, "uno")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("uno", 0o600)
    rights = []
    write_whole(path, "dos ñ".encode(), mode=0o644, give=lambda beside: rights.append(beside.stat().st_mode & 0o777))
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("dos ñ", 0o644)
    assert rights == [0o600], "nobody reads it before it is whose it shall be"


def test_what_fails_leaves_the_file_of_before_and_nothing_beside_it(tmp_path):
    path = tmp_path / "file"
    write_whole(path, "uno")

    def refuse(beside):
        raise PermissionError

    with pytest.raises(PermissionError):
        write_whole(path, "dos", give=refuse)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "uno")]


def test_what_somebody_left_that_was_killed_goes_and_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "other").write_text("of others")
    (tmp_path / ".file.unfinished").symlink_to("other")
    write_whole(tmp_path / "file", "uno")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"other": "of others", "file": "uno"}


def test_a_link_leads_elsewhere_in_one_moment(tmp_path):
    for target in ("one", "two", "two"):
        lead_to(tmp_path / "current", target)
        assert (tmp_path / "current").readlink().name == target
    assert [one.name for one in tmp_path.iterdir()] == ["current"]
