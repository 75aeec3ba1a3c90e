"""What takes long to work out, kept in the memory of this process for as long as nothing that it follows from changes.

Its key holds all that it follows from, so nothing is ever out of date, and nobody's is found under another's. It is
kept nowhere else: no cache that other accounts of the machine could read, no disk; with the process it is gone.
"""

from collections import OrderedDict
from threading import Lock


class Kept:
    """So many values at most, those asked for last."""

    def __init__(self, most):
        self.most, self.values, self.lock = most, OrderedDict(), Lock()

    def get(self, key, make):
        """Return the value of a key, made now where there is none."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]
        value = make()
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.most:
                self.values.popitem(last=False)
        return value
