"""A crowd to try a big site out with: areas, clinics, groups and thousands of people in every state.

The same numbers and the same seed give the same people, whatever the database; only `now` moves their days.
"""
