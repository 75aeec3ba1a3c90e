"""The one form in which content files are written: the same value gives the same bytes."""

from decimal import Decimal

import yaml


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def _represent_text(writer, text):
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_number(writer, number):
    text = format(number, "f")
    return writer.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Writer.add_representer(str, _represent_text)
_Writer.add_representer(Decimal, _represent_number)


def to_yaml(value):
    """Return the bytes of a content file with this value."""
    return yaml.dump(
        value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=float("inf"), encoding="utf-8", indent=2
    )
