"""What the worker does where the site keeps it: `manage.py work`, again and again."""

import signal

from django.core.management import call_command


def work(sock):
    """Do what pages ask for until SIGTERM, or until another worker should begin."""
    # Whoever would come in here would wait for ever.
    sock.close()
    # Ctrl+C reaches every process of a terminal, and the command would listen to it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    call_command("work")
