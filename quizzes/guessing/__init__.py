"""Hints on what gives a question away, beside its form."""
