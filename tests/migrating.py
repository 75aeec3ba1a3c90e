"""Migrating makes tens of thousands of classes that refer to each other: looking for garbage among them takes a quarter
of its time, and finds what is needed until the end.
"""

import gc
from contextlib import contextmanager


@contextmanager
def no_garbage_looked_for():
    """Look for garbage once, at the end: 1.5 GB may lie about until then."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
