"""Steps for upgrades: `python -m course.installing.pieces release`, `… services`.

The new version runs them: an older version cannot know what it needs.
"""

import os
import sys
from pathlib import Path

from course.operating.words import Refused

from . import places
from .environment_file import values_of
from .known import known_answers
from .machine import Machine
from .plan import needs_s3, service_files
from .release import CopyRelease, MakeEnvironment, release_id

FOLDER = Path(__file__).resolve().parents[2]


def make_release(machine):
    release = release_id(FOLDER)
    s3 = needs_s3(values_of(machine))
    for step in (CopyRelease(FOLDER, release), MakeEnvironment(FOLDER, release, s3=s3)):
        if not step.is_done(machine):
            step.do(machine)
    return f"{places.RELEASES}/{release}"


def write_services(machine):
    place = known_answers(machine, values_of(machine))["place"]
    for step in service_files(values_of(machine), place=place):
        if not step.is_done(machine):
            step.do(machine)
    machine.record.facts["prepared"] = release_id(FOLDER)
    machine.record.save()
    for notice in dict.fromkeys(machine.notices):
        print(f"! {notice}", file=sys.stderr)


def main():
    os.umask(0o022)
    machine = Machine()
    try:
        if sys.argv[1:] == ["release"]:
            print(make_release(machine))
        elif sys.argv[1:] == ["services"]:
            write_services(machine)
        else:
            sys.exit(__doc__)
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
