"""Brings questions of other systems into the bank: docs/how-to/move-a-question-bank.md.

`formats/` reads a file into a `Reading`, `loading.py` plans what it would make and makes it.
"""
