"""What several people do at the same moment."""

import threading
from functools import partial

from django.db import connections


def at_once(*calls):
    together, results = threading.Barrier(len(calls)), [None] * len(calls)

    def call(place):
        try:
            together.wait(timeout=20)
            results[place] = calls[place]()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=[place]) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def many_at_once(count, act):
    return at_once(*(partial(act, number) for number in range(count)))
