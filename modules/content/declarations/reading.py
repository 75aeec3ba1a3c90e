"""YAML reader with line numbers; no anchors, tags, duplicate keys."""

from dataclasses import dataclass, field

import yaml
from django.utils.translation import gettext as _

LARGEST_FILE = 1_000_000
DEEPEST = 16
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Scalar:
    line: int
    text: str
    plain: bool
    literal: bool

    @property
    def is_empty(self):
        return self.plain and self.text in ("", "~", "null")

    def line_at(self, position):
        return self.line + 1 + self.text.count("\n", 0, position) if self.literal else self.line


@dataclass
class Sequence:
    line: int
    items: list = field(default_factory=list)


@dataclass
class Mapping:
    line: int
    pairs: list = field(default_factory=list)  # of (Scalar, node)


def read_nodes(raw, report):
    """Return the root node of the YAML in `raw` (bytes), or None after reporting a problem."""
    text = _decode(raw, report)
    if text is None:
        return None
    try:
        return _compose_with(_Loader, text, report)
    except yaml.YAMLError:
        pass
    # libyaml is fast; PyYAML's own parser has better messages.
    try:
        before = report.found
        _compose_with(yaml.SafeLoader, text, report)
        if report.found == before:
            report.add(1, _in_words(None))
    except yaml.YAMLError as error:
        report.add(_line_of(error, text), _in_words(error))
    return None


def _compose_with(loader, text, report):
    try:
        return _compose(yaml.parse(text, Loader=loader), report)
    except _Refused:
        return None


class _Refused(Exception):
    pass


def _decode(raw, report):
    if len(raw) > LARGEST_FILE:
        report.add(0, _("The file is too large: at most one million bytes. Split it or take out what is not text."))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.add(line, _("These are not UTF-8 letters. Save the file with the encoding UTF-8."))
        return None


def _compose(events, report):
    root, stack, keys = None, [], []
    started = False
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            if started:
                report.add(line, _("A second document begins here (“---”). Put one document in a file."))
                raise _Refused
            started = True
        elif isinstance(event, yaml.AliasEvent):
            report.add(line, _("Aliases (*name) are not allowed. Write the text again, or put it in quotes."))
            raise _Refused
        elif isinstance(event, yaml.NodeEvent):
            _refuse_anchors_and_tags(event, line, report)
            node = _node_of(event, line)
            root = node if root is None else root
            if stack:
                _put(node, stack[-1], keys, report)
            if isinstance(event, yaml.CollectionStartEvent):
                if len(stack) == DEEPEST:
                    report.add(line, _("Too many levels inside one another."))
                    raise _Refused
                stack.append(node)
                keys.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            keys.pop()
    if root is None:
        report.add(1, _("The file is empty."))
    return root


def _refuse_anchors_and_tags(event, line, report):
    if event.anchor:
        report.add(line, _("Anchors (&name) are not allowed. Put the text in quotes if it begins with &."))
        raise _Refused
    if event.tag and event.tag != "!":
        report.add(line, _("Tags (!name) are not allowed. Put the text in quotes if it begins with !."))
        raise _Refused


def _node_of(event, line):
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence(line)
    if isinstance(event, yaml.MappingStartEvent):
        return Mapping(line)
    return Scalar(line, event.value, plain=event.style in (None, ""), literal=event.style == "|")


def _put(node, parent, keys, report):
    if isinstance(parent, Sequence):
        parent.items.append(node)
    elif keys[-1] is None:
        if not isinstance(node, Scalar):
            report.add(node.line, _("A key must be a word."))
            raise _Refused
        keys[-1] = node
    else:
        key, keys[-1] = keys[-1], None
        first = next((other.line for other, _value in parent.pairs if other.text == key.text), None)
        if first is not None:
            sentence = _("“%(key)s” stands twice here; the first is in line %(line)d. Keep one of them.")
            report.add(key.line, sentence % {"key": key.text, "line": first})
        else:
            parent.pairs.append((key, node))


def _line_of(error, text):
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position) + 1
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "quoted scalar" in (getattr(error, "context", None) or ""):
        mark = error.context_mark  # where the quote begins, not where the file ends
    return mark.line + 1 if mark else 1


def _in_words(error):
    if isinstance(error, yaml.reader.ReaderError):
        return _("There is an invisible character that YAML does not allow. Write the line again.")
    problem = getattr(error, "problem", None) or ""
    if "mapping values are not allowed" in problem:
        return _("There is a colon and a space inside a text. Put the whole text in quotes: 'like: this'.")
    if "'\\t'" in problem:
        return _("There is a tab. Use spaces to indent.")
    if "could not find expected ':'" in problem:
        return _("A key without its colon, or a line that is not indented enough. Write “key: text”.")
    if "while scanning a quoted scalar" in (getattr(error, "context", None) or ""):
        return _("A text in quotes is not closed. Close it with the same quote with which it begins.")
    if "expected <block end>" in problem or "block" in (getattr(error, "context", None) or ""):
        return _("The indentation does not fit, or a quote is missing. Compare it with the lines around it.")
    return _("This is not valid YAML: check quotes, colons and indentation.")


@dataclass(frozen=True, order=True)
class Problem:
    """A problem in a file; `line` counts from 1, 0 is the whole file."""

    path: str
    line: int
    sentence: str

    def __str__(self):
        if not self.line:
            return f"{self.path}: {self.sentence}"
        return _("%(path)s, line %(line)d: %(sentence)s") % {
            "path": self.path,
            "line": self.line,
            "sentence": self.sentence,
        }


class ContentError(Exception):
    def __init__(self, problems):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))
