import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.operating.environment import line_of, parse_environment, read_environment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("A=1", {"A": "1"}),
        ("A=\n", {"A": ""}),
        ("# A=1\n; B=2\n\n  C = 3  \n", {"C": "3"}),
        # No trap is so common: what stands after a value belongs to it.
        ("KEY=abc # the key\n", {"KEY": "abc # the key"}),
        ("A=$HOME `id` a'b\n", {"A": "$HOME `id` a'b"}),
        ('A="a # b"  \n', {"A": "a # b"}),
        ("A='a\\b \"c\"'\n", {"A": 'a\\b "c"'}),
        ('A="a\\"b\\\\c\\$d\\n"\n', {"A": 'a"b\\c$d\\n'}),
        ("A=\"one\"  'two' three  \n", {"A": "onetwothree"}),
        ("A=one\\\ntwo\n", {"A": "onetwo"}),
        ("A=a\\ b\\  \nB=2\n", {"A": "a b ", "B": "2"}),
        ('A="one\ntwo"\nB=2\n', {"A": "one\ntwo", "B": "2"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("no assignment\nexport A=1\n2B=3\nC=4\n", {"C": "4"}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ('A="1\r2\\\r"\n', {"A": "1\r2\\\r"}),
        ('A="without an end\n', {"A": "without an end\n"}),
        ("A=\\", {"A": ""}),
    ],
)
def test_it_is_read_as_by_systemd(text, found):
    assert parse_environment(text) == found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True), st.text(max_size=30)))
def test_what_is_written_is_read(values):
    values = {name: value for name, value in values.items() if value.isprintable()}
    assert parse_environment("".join(line_of(*one) + "\n" for one in values.items())) == values


@pytest.mark.parametrize(
    ("name", "value"), [("A", "a\nB=2"), ("A", "a\0"), ("A B", ""), ("", ""), ("2A", ""), ("Ñ", "")]
)
def test_what_no_line_can_hold_is_refused(name, value):
    with pytest.raises(ValueError, match=r"A|«"):
        line_of(name, value)


def test_a_file(tmp_path):
    (tmp_path / "env").write_text("SITE_URL=https://curso.example.gt\nN=Año\n", encoding="utf-8")
    assert read_environment(tmp_path / "env") == {"SITE_URL": "https://curso.example.gt", "N": "Año"}
