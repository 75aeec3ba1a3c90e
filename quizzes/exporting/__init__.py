"""Takes questions of the bank to other systems: docs/reference/question-files.md.

A new format is a module in `formats/`; it writes the same form that importing reads, so that what goes out comes back.
"""
