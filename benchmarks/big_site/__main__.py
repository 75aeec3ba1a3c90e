"""Fill the site of DATABASE_URL with a crowd: `python -m benchmarks.big_site --learners 100000 --clinics 300`."""

import argparse
import os


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, required=True, help="how many people")
    parser.add_argument("--clinics", type=int, default=0, help="in how many clinics they work")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another crowd")
    parser.add_argument("--certificates", type=int, default=20, help="how many get a certificate: each takes a while")
    arguments = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.dev")
    import django

    django.setup()
    from .filling import CannotFill, fill_site

    try:
        fill_site(
            arguments.learners,
            clinics=arguments.clinics,
            seed=arguments.seed,
            certificates=arguments.certificates,
        )
    except CannotFill as refusal:
        raise SystemExit(str(refusal)) from refusal


if __name__ == "__main__":
    main()
