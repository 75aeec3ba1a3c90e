"""A value of a file beside its translation, by what the file may hold: texts may differ, all else not. Pure."""

from modules.content.declarations.shapes import Either, Identifier, ListOf, Plain, Record, Tagged, Text

from .differences import Difference
from .texts import compare_texts

# Texts by their shape, and names that nobody reads: steps of a scene lead to each other by them.
_SAME = {"next", "phone", "checked_by"}
_NAME_OF_STEP = {"name", "text", "choices"}
# Names of people and works, which are the same in every language.
_MAY_REPEAT = {"name", "speaker", "publisher", "year", "english", "unit", "source"}
_OF_A_WORK = {"title", "publisher", "year"}
# What a translation has or has not for reasons of its own.
_FREE = {"plain_language_reason", "english", "lessons"}


def compare_values(shape, original, translation, language, *, place=(), is_part=False, may_repeat=False):
    """Yield the Differences of `translation` from `original`, both as `shape` reads them.

    Of a part of a language entries of a list that is a file may be missing. `may_repeat`: a name that stays as it is.
    """
    if isinstance(shape, Either):
        keys = shape.key in original, shape.key in translation
        if keys[0] != keys[1]:
            yield Difference(place, f"one of the two has “{shape.key}”, the other has not")
            return
        shape = shape.chosen(keys[0])
    if isinstance(shape, Record):
        yield from _records(shape, original, translation, language, place)
    elif isinstance(shape, Tagged):
        (kind, before), (_kind, now) = *original.items(), *translation.items()
        yield from compare_values(shape.shapes[kind], before, now, language, place=place)
    elif isinstance(shape, ListOf):
        yield from _lists(shape, original, translation, language, place, is_part)
    elif isinstance(shape, Plain | Text) and not (place and place[-1] in _SAME):
        may_repeat = may_repeat or bool(place and place[-1] in _MAY_REPEAT)
        options = {"has_paragraphs": isinstance(shape, Text), "may_repeat": may_repeat}
        yield from compare_texts(original, translation, language, place=place, **options)
    elif original != translation:
        yield _unlike(original, translation, place)


def _records(shape, original, translation, language, place):
    for key in shape.keys:
        has, has_now = key.name in original, key.name in translation
        here = (*place, key.name)
        if has and has_now:
            before, now = original[key.name], translation[key.name]
            if key.name == "name" and shape.named.keys() >= _NAME_OF_STEP:
                if before != now:
                    yield _unlike(before, now, here)
            else:
                names_work = shape.named.keys() >= _OF_A_WORK
                yield from compare_values(key.shape, before, now, language, place=here, may_repeat=names_work)
        elif has != has_now and key.name not in _FREE:
            yield Difference(here, "this is missing" if has else "the original has none of this")


def _lists(shape, original, translation, language, place, is_part):
    if shape.order and not isinstance(shape.shape, Record):
        if sorted(original, key=shape.order) != sorted(translation, key=shape.order):
            yield _unlike(original, translation, place)
        return
    if isinstance(shape.shape, Identifier):
        # What is not translated is a missing file.
        there = [identifier for identifier in original if identifier in translation]
        if there != translation:
            yield _unlike(there, translation, place)
        return
    names, names_now = (
        [_name_of(entry, number) for number, entry in enumerate(entries, start=1)]
        for entries in (original, translation)
    )
    missing = [name for name in names if name not in names_now]
    more = [name for name in names_now if name not in names]
    if missing and not is_part:
        yield Difference(place, f"missing: {', '.join(missing)}")
    if more:
        yield Difference(place, f"the original has none of these: {', '.join(more)}")
    both, both_now = ([name for name in some if name not in {*missing, *more}] for some in (names, names_now))
    if both != both_now:
        told = f"in another order: {', '.join(both_now)}; the original has {', '.join(both)}"
        yield Difference(place, told)
    there = dict(zip(names_now, translation, strict=True))
    for name, before in zip(names, original, strict=True):
        if name in there:
            yield from compare_values(shape.shape, before, there[name], language, place=(*place, name))


def _name_of(entry, number):
    """Return how an entry of a list is called: by its id, or by its place and kind."""
    if isinstance(entry, dict):
        for key in ("id", "same_as", "code"):
            if key in entry:
                return str(entry[key])
        if len(entry) == 1:
            return f"{number} {next(iter(entry))}"
        if "name" in entry and "choices" in entry:
            return entry["name"]
    return str(number)


def _unlike(before, now, place):
    return Difference(place, f"the original has “{_told(before)}”, here stands “{_told(now)}”")


def _told(value):
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
