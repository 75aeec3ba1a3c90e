"""Flags first, then the terminal, then what is usual."""

import getpass
import socket
import sys
from pathlib import Path

from course.operating.words import Refused, say

from .answers import in_words


def own_address():
    """Return the number by which the network knows this machine, or None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            # Nothing is sent: it only chooses the way. The address is one kept for examples.
            line.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return line.getsockname()[0]


def given_by_flags(questions, flags):
    """Return {name: checked answer} of the flags that were given; a secret's flag names a file."""
    given = {}
    for question in questions:
        value = getattr(flags, question.flag.replace("-", "_"))
        if value is not None:
            given[question.name] = _checked(question, _first_line(value) if question.is_secret else value)
    return given


def _first_line(path):
    try:
        return Path(path).read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(say(f"No se puede leer {path}.", f"{path} cannot be read.")) from error


def answered(questions, known, *, ask):
    """Return {name: answer} of every question: what is known, else what `ask(question, usual)` says, else the usual."""
    found = {}
    for question in questions:
        if question.name in known:
            found[question.name] = known[question.name]
        elif question.is_asked(found):
            found[question.name] = _answer(question, question.usual(found), ask)
    return found


def _answer(question, usual, ask):
    if ask:
        return ask(question, usual)
    if usual is None:
        raise Refused(
            say(f"Falta --{question.flag}: {question.means}", f"--{question.flag} is missing: {question.means}")
        )
    return _checked(question, usual) if usual else usual


def ask_at_the_terminal(question, usual):
    """Ask until the answer is one."""
    print(f"\n{question.words}", file=sys.stderr)
    if question.means:
        print(f"  {question.means}", file=sys.stderr)
    shown = "/".join(map(in_words, question.choices))
    prompt = f"  {shown} [{in_words(usual)}]: " if shown else f"  [{usual}]: " if usual else "  : "
    while True:
        try:
            typed = getpass.getpass(prompt) if question.is_secret else _read(prompt)
        except EOFError:
            raise Refused(say("No se respondió; no se hizo nada.", "No answer; nothing was done.")) from None
        try:
            if not typed.strip() and usual is None:
                raise Refused(say("Hace falta una respuesta.", "An answer is needed."))
            return _checked(question, typed.strip() or usual)
        except Refused as refused:
            print(f"  {refused}", file=sys.stderr)


def _read(prompt):
    print(prompt, end="", file=sys.stderr, flush=True)
    if not (line := sys.stdin.readline()):
        raise EOFError
    return line.rstrip("\n")


def _checked(question, value):
    if not value.isprintable():
        raise Refused(
            say(
                f"--{question.flag}: una sola línea, sin signos que no se ven.",
                f"--{question.flag}: one line, without signs that cannot be seen.",
            )
        )
    return question.check(value.strip())
