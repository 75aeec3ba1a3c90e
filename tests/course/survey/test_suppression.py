import random
from collections import Counter, defaultdict
from itertools import count
from types import SimpleNamespace
from typing import NamedTuple

from course.survey.closing import answered, ballots_of, is_enough, sort_out
from quizzes.surveys.figures import Gap, Lot, figures_of
from quizzes.surveys.reading import ANSWER, items_in, scale_of
from quizzes.surveys.tally import ENOUGH_ITEMS, GROUPED_BY, GROUPS, tally
from tests.course.survey.factories import make_contents

POPULATIONS, VIEWS = 1000, 8
CONTENTS = make_contents()
COUNTED = {
    item["id"]: {option["code"] for option in scale_of(CONTENTS, block, item) if option["kind"] == ANSWER}
    for block in CONTENTS["blocks"]
    for item in block["items"]
}
BLOCKS = {
    block["id"]: [item["id"] for item in block["items"]] for block in CONTENTS["blocks"] if block["scoring"] == "mean"
}


class Country:
    def __init__(self, chance):
        self.chance, self.lots, self.waiting, self.pool, self.tried = chance, [], {}, [], 0
        number = count()
        self.areas = {
            area: [(area, clinic) for clinic in range(chance.randint(1, 4))] for area in range(chance.randint(1, 3))
        }
        shyness, size = chance.choice([0, 0.1, 0.4]), chance.choice([6, 15, 40])
        for clinics in self.areas.values():
            for clinic in clinics:
                people = [next(number) for _person in range(chance.randint(0, size))]
                self.waiting[clinic] = [(person, _sheet(chance, shyness)) for person in people]

    def close(self, place):
        if isinstance(place, tuple):
            if is_enough(_sheets(self.waiting[place])):
                self._count(self.waiting.pop(place), place)
            return
        parts = [
            (SimpleNamespace(wording_id=1, clinic=clinic), [sheet for _person, sheet in self.waiting[clinic]])
            for clinic in self.areas[place]
            if clinic in self.waiting
        ]
        pools = sort_out(parts, lambda round_: round_.wording_id)
        for round_, _ballots in pools.alone:
            self._count(self.waiting.pop(round_.clinic), round_.clinic)
        for few in pools.together:
            self._count(self._taken(few), place)
        for few in pools.left:
            self.pool += self._taken(few)
        if len(self.pool) - self.tried < 10:
            return
        if is_enough(_sheets(self.pool)):
            self._count(self.pool, None)
            self.pool, self.tried = [], 0
        else:
            self.tried = len(self.pool)

    def view(self, place):
        lots = [lot for lot in self.lots if _is_in(lot[1], place)]
        figures = figures_of(Lot("pre", len(people), CONTENTS, told, where) for people, where, told in lots)
        shown, standing = {}, {}
        for group, part in {"": figures, **figures.groups}.items():
            for kind, lines in (("items", part.statements), ("blocks", part.scores)):
                for name, line in lines.items():
                    if not isinstance(line.waves["pre"], Gap):
                        shown[kind, name, group] = line.waves["pre"]
                        standing[kind, name, group] = _standing(lots, kind, name, group)
        return shown, standing

    def _taken(self, few):
        assert is_enough(ballots_of(few)) or len(answered(ballots_of(few))) < 10
        return [one for round_, _ballots in few for one in self.waiting.pop(round_.clinic)]

    def _count(self, people, place):
        people = {person: sheet for person, sheet in people if sheet}
        place = (place,) if isinstance(place, int) else place
        self.lots.append((people, place, tally(CONTENTS, "pre", list(people.values()))))


def _is_in(where, place):
    return place is None or where == place or (where is not None and where[0] == place)


def _sheets(people):
    return [sheet for _person, sheet in people]


def _sheet(chance, shyness):
    if chance.random() < shyness:
        return {}
    sheet = {item["id"]: chance.choice(sorted(COUNTED[item["id"]])) for item in items_in(CONTENTS, "pre")}
    for item in list(sheet):
        if chance.random() < shyness / 4:
            sheet[item] = chance.choice(["0", "9"]) if item.startswith("F3") else "0"
    return sheet


def _standing(lots, kind, name, group):
    code = next((code for code, named in GROUPS.items() if named == group), None)
    found = set()
    for people, _place, told in lots:
        figures = told["groups"].get(group) if group else told
        if figures and name in figures[kind]:
            found |= {
                person
                for person, sheet in people.items()
                if _is_counted(sheet, kind, name) and (code is None or sheet.get(GROUPED_BY) == code)
            }
    return found


def _is_counted(sheet, kind, name):
    if kind == "items":
        return sheet.get(name) in COUNTED[name]
    given = [item for item in BLOCKS[name] if sheet.get(item) in COUNTED[item]]
    return len(given) >= ENOUGH_ITEMS * len(BLOCKS[name])


def _looked_at(seed):
    chance = random.Random(seed)
    country = Country(chance)
    places = [*country.areas, *country.waiting]
    closings = chance.sample([*country.waiting], k=len(country.waiting) // 2) + chance.sample(
        [*country.areas], k=len(country.areas)
    )
    if chance.random() < 0.5:
        chance.shuffle(closings)
    moments = sorted(chance.randrange(len(closings) + 1) for _view in range(VIEWS))
    views = []
    for moment in range(len(closings) + 1):
        views += [country.view(chance.choice([None, *places])) for one in moments if one == moment]
        if moment < len(closings) and (closings[moment] in country.waiting or closings[moment] in country.areas):
            country.close(closings[moment])
    return [*views, country.view(None)]


class Found(NamedTuple):
    fewest: int
    figures: int
    of_groups: int
    near: int


def _look(seeds):
    sizes, figures, of_groups = [], 0, 0
    for seed in seeds:
        told_apart = defaultdict(lambda: defaultdict(set))
        for number, (shown, standing) in enumerate(_looked_at(seed)):
            for (kind, name, group), people in standing.items():
                if shown[kind, name, group].n != len(people):
                    raise RuntimeError(f"{kind} {name} {group}: {shown[kind, name, group].n}, not {len(people)}")
                figures, of_groups = figures + 1, of_groups + bool(group)
                for person in people:
                    told_apart[kind, name][person].add((number, group))
        for stands_in in told_apart.values():
            sizes += Counter(frozenset(where) for where in stands_in.values()).values()
    return Found(min(sizes), figures, of_groups, sum(size < 13 for size in sizes))


def test_no_difference_of_views_is_about_fewer_than_ten_people():
    found = _look(range(POPULATIONS))
    print(found)
    assert found.fewest == 10
    # It has looked at much, and at much that is near the limit.
    assert found.figures > 20_000
    assert found.of_groups > 1000
    assert found.near > 1000


def test_the_program_finds_a_lot_of_nine(monkeypatch):
    monkeypatch.setattr("course.survey.closing.FEWEST_ANSWERS", 9)
    monkeypatch.setattr("quizzes.surveys.tally.FEWEST", 9)
    assert _look(range(100)).fewest == 9


def test_the_program_finds_a_small_rest_beside_two_groups(monkeypatch):
    monkeypatch.setattr("quizzes.surveys.tally._told_apart", lambda whole, parts: min(parts) >= 10)
    assert _look(range(100)).fewest < 10


def test_the_program_finds_an_item_that_few_of_a_lot_answered(monkeypatch):
    monkeypatch.setattr("quizzes.surveys.tally.FEWEST", 2)
    assert _look(range(100)).fewest < 10
