"""What gunicorn does beside serving; it reads this file where it is started."""

import threading


def post_worker_init(_worker):
    """Warm the press up while the worker already answers: its first certificate takes no longer than the next ones."""
    from certificates.issuing.warming import warm_up  # noqa: PLC0415 - gunicorn reads this before Django is set up

    threading.Thread(target=warm_up, name="press").start()
