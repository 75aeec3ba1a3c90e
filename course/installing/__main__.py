"""`script/install`: repeatable installation of a served site."""

import argparse
import os
import shutil
import socket
import sys
from pathlib import Path

from course.operating.words import Refused, say

from . import places
from .answers import Answers, check_together, in_words
from .ending import look, what_next
from .environment_file import values_of
from .known import RECORDED, known_answers, refuse_what_the_file_says_otherwise
from .machine import Machine
from .plan import plan
from .questions import answered, ask_at_the_terminal, given_by_flags, own_address, questions
from .release import refuse_another_release, release_id

FOLDER = Path(__file__).resolve().parents[2]
_LEAST_SPACE = 2 * 1024**3


def read_flags(arguments, asked):
    parser = argparse.ArgumentParser(
        prog="script/install",
        description=say(
            "Instala el curso en esta máquina. Lo que no se dé aquí se pregunta. Se puede repetir.",
            "Install the course on this machine. What is not given here is asked for. It may be repeated.",
        ),
    )
    for question in asked:
        parser.add_argument(
            f"--{question.flag}",
            metavar="|".join(map(in_words, question.choices)) or question.flag.upper(),
            help=question.in_one_line.replace("%", "%%"),
        )
    parser.add_argument("--yes", action="store_true", help=say("No preguntar nada.", "Ask nothing."))
    parser.add_argument(
        "--dry-run", action="store_true", help=say("Decir todo lo que haría, sin hacerlo.", "Say all it would do.")
    )
    parser.add_argument(
        "--root",
        default="/",
        help=say("Escribir los archivos bajo esta carpeta.", "Write the files below this folder."),
    )
    return parser.parse_args(arguments)


def find_answers(machine, flags, asked):
    given, values = given_by_flags(asked, flags), values_of(machine)
    known = known_answers(machine, values)
    ask = ask_at_the_terminal if sys.stdin.isatty() and not flags.yes and not values else None
    answers = Answers(**answered(asked, known | given, ask=ask))
    refuse_what_the_file_says_otherwise(asked, given, answers, values)
    check_together(answers)
    return answers


def carry_out(machine, steps):
    done = 0
    for step in steps:
        if not machine.is_this_one and step.only_on_the_machine and not machine.dry_run:
            continue
        if step.is_done(machine):
            if machine.dry_run:
                show(machine, step, say("ya está", "done"))
            continue
        done += 1
        show(machine, step)
        if not machine.dry_run:
            step.do(machine)
            machine.record.save()
    return done


def show(machine, step, state=""):
    print(f"· {step.title}" + (f" ({state})" if state else ""), flush=True)
    if machine.dry_run:
        for line in step.shown(machine):
            print(f"    {line}")


def check_the_machine():
    if shutil.disk_usage("/opt").free < _LEAST_SPACE:
        raise Refused("Hacen falta 2 GB libres en /opt.", "2 GB have to be free in /opt.")
    for port in (80, 443, places.PORT):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("0.0.0.0", port))  # noqa: S104 - only to see whether somebody is there
            except OSError:
                raise Refused(
                    f"Otro programa escucha en el puerto {port}; `ss -ltnp` dice cuál. Apáguelo y repita.",
                    f"Another program listens at port {port}; `ss -ltnp` says which. Stop it and try again.",
                ) from None


def confirm(answers):
    print(
        say(
            f"\nSe instalará en https://{answers.address}. ¿Seguir? [s/N] ",
            f"\nIt will be installed at https://{answers.address}. Go on? [y/N] ",
        ),
        end="",
        file=sys.stderr,
        flush=True,
    )
    if sys.stdin.readline().strip().lower() not in ("s", "si", "sí", "y", "yes"):
        raise Refused("No se hizo nada.", "Nothing was done.")


def install(arguments):
    os.umask(0o022)
    asked = questions(own_address=own_address())
    flags = read_flags(arguments, asked)
    machine = Machine(flags.root, dry_run=flags.dry_run)
    release = release_id(FOLDER)
    refuse_another_release(machine, release)
    answers = find_answers(machine, flags, asked)
    steps = plan(answers, machine, folder=FOLDER, release=release)
    if not flags.dry_run and not flags.yes:
        if not sys.stdin.isatty():
            raise Refused("Sin terminal: añada --yes o --dry-run.", "No terminal: add --yes or --dry-run.")
        confirm(answers)
    if machine.is_this_one and not machine.dry_run and not machine.record.answers:
        check_the_machine()
    if not machine.dry_run:
        machine.record.answers = {name: getattr(answers, name) for name in RECORDED}
    done = carry_out(machine, steps)
    if machine.is_this_one and not machine.dry_run:
        look(machine, answers)
    if not done:
        print(say("Todo estaba hecho ya.", "Everything was done already."))
    elif machine.is_this_one and not machine.dry_run:
        print("\n".join(what_next(machine, answers, steps)))
    elif not machine.dry_run:
        print(say(f"\nLos archivos están bajo {flags.root}.", f"\nThe files are below {flags.root}."))
        print(say("Nada se instaló ni se encendió en esta máquina.", "Nothing was installed or started on this one."))
    for notice in dict.fromkeys(machine.notices):
        print(f"\n! {notice}")


def main():
    try:
        install(sys.argv[1:])
    except Refused as refused:
        sys.exit(f"{refused}")
    except KeyboardInterrupt:
        sys.exit(say("\nInterrumpido: repítalo y sigue donde quedó.", "\nInterrupted: repeat it, and it goes on."))


if __name__ == "__main__":
    main()
