"""Sheets that a centre prints, fills in and hangs up: what they are made of, how they look on a phone and on paper."""
