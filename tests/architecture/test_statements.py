"""What PostgreSQL is asked: every statement that any test sends to SQLite, by the tests that take the least time."""

import random

from tests.statements import NoteTaker, fewest, read_notes


def test_what_is_chosen_sends_all():
    chance = random.Random(20)
    for _time in range(200):
        notes = {
            f"test {number}": (chance.random(), set(chance.sample(range(30), chance.randrange(8))))
            for number in range(40)
        }
        kept = set(chance.sample(sorted(notes), 3))
        chosen = fewest(notes, kept)
        assert chosen.isdisjoint(kept)
        every, sent = ({number for name in names for number in notes[name][1]} for names in (notes, chosen | kept))
        assert sent == every
        assert len(chosen | kept) < len(notes)


def test_the_quickest_are_chosen():
    notes = {
        "slow": (9.0, {1, 2}),
        "quick": (0.1, {1, 2}),
        "alone": (90.0, {3}),
        "sends nothing": (0.1, set()),
    }
    assert fewest(notes) == {"quick", "alone"}
    assert fewest(notes, {"slow"}) == {"alone"}


def test_a_statement_is_one_whatever_its_values(tmp_path):
    number = NoteTaker(tmp_path).number
    one = number("SELECT * FROM a WHERE b IN (%s, %s) LIMIT 21")
    assert one == number("SELECT * FROM a WHERE b IN (%s) LIMIT 5")
    assert one != number("SELECT * FROM a WHERE c IN (%s) LIMIT 21")
    assert number("INSERT INTO a VALUES (%s, %s)") == number("INSERT INTO a VALUES (%s, %s), (%s, %s)")
    assert number('SAVEPOINT "s140_x1"') == number('SAVEPOINT "s99_x23"')


def test_notes_of_several_processes_are_read_together(tmp_path):
    (tmp_path / "1.jsonl").write_text('["a", 0.5, [1, 2]]\n["b", 0.1, []]\n')
    (tmp_path / "2.jsonl").write_text('["c", 2, [2]]\n')
    assert read_notes(tmp_path) == {"a": (0.5, {1, 2}), "b": (0.1, set()), "c": (2, {2})}
