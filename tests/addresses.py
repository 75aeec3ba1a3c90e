"""Every address that the site answers, read from Django's own table of addresses."""

from dataclasses import dataclass, field

from django.urls import get_resolver


@dataclass(frozen=True)
class Address:
    """The name of an address with its namespaces, where it lies, {parameter: converter}, and what answers it."""

    name: str
    place: str
    parameters: dict
    callback: object


@dataclass(frozen=True)
class _Above:
    place: str = ""
    names: str = ""
    parameters: dict = field(default_factory=dict)


def all_addresses(patterns=None, above=None):
    above = above or _Above()
    for one in get_resolver().url_patterns if patterns is None else patterns:
        place = above.place + str(one.pattern)
        parameters = above.parameters | one.pattern.converters
        if hasattr(one, "url_patterns"):
            names = f"{above.names}{one.namespace}:" if one.namespace else above.names
            yield from all_addresses(one.url_patterns, _Above(place, names, parameters))
        elif one.name:
            yield Address(above.names + one.name, place, parameters, one.callback)
