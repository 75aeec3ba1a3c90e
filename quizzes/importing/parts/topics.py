"""Moodle categories as paths of topics, and tags."""

import re

_CONTEXT = re.compile(r"\$(?:course|module|system|cat\w*)\d*\$", re.IGNORECASE)


def split_category(path):
    """Return the names of a path such as `$course$/top/Trato/En la puerta`; `//` is a slash in a name."""
    names = [name.replace("\x00", "/").strip() for name in path.replace("//", "\x00").split("/")]
    if names and _CONTEXT.fullmatch(names[0]):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(name for name in names if name)


def join_category(names):
    return "/".join(["$course$", "top", *(name.replace("/", "//") for name in names)])


def each_once(tags):
    """Return distinct tags, ignoring case, as first written."""
    kept = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return tuple(tag for tag in kept.values() if tag)
