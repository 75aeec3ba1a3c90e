"""Serve the site at HOST and PORT; with SERVE_WORKER=1 the worker too."""

import argparse
import os
import socket
import sys
from functools import partial

from .answering import answer, work
from .keeping import keep
from .loading import load


def open_door(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def main():
    parser = argparse.ArgumentParser(prog="python -m course.serving", description=__doc__.splitlines()[0])
    parser.add_argument("--fd", type=int, help="an open socket to answer at, in place of HOST and PORT")
    asked = parser.parse_args()
    host, port = os.environ.get("HOST", "localhost"), int(os.environ.get("PORT", "8000"))
    try:
        door = open_door(host, port) if asked.fd is None else socket.socket(fileno=asked.fd)
    except OSError as error:
        sys.exit(f"No se puede abrir {host}:{port} / it cannot be opened: {error.strerror}.")
    count, with_worker = int(os.environ.get("WEB_CONCURRENCY", "2")), os.environ.get("SERVE_WORKER") == "1"
    site = load()
    sys.exit(keep(partial(answer, site, door), count, work=partial(work, door) if with_worker else None))


if __name__ == "__main__":
    main()
