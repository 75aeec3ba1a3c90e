"""`python -m course.serving`: answer at HOST and PORT with WEB_CONCURRENCY processes until it is told to end."""

import argparse
import os
import socket
import sys

from .keeping import keep_answering


def open_door(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def main():
    parser = argparse.ArgumentParser(prog="python -m course.serving", description=__doc__)
    parser.add_argument("--fd", type=int, help="an open socket to answer at, in place of HOST and PORT")
    asked = parser.parse_args()
    host, port = os.environ.get("HOST", "localhost"), int(os.environ.get("PORT", "8000"))
    try:
        door = open_door(host, port) if asked.fd is None else socket.socket(fileno=asked.fd)
    except OSError as error:
        sys.exit(f"No se puede abrir {host}:{port} / it cannot be opened: {error.strerror}.")
    sys.exit(keep_answering(door, int(os.environ.get("WEB_CONCURRENCY", "2"))))


if __name__ == "__main__":
    main()
