"""Takes questions of the bank to other systems: docs/how-to/move-a-question-bank.md.

A new format is a module in `formats/`; it writes the same form that importing reads, so that what goes out comes back.
"""
