"""Serving the site: `python -m course.serving` keeps several processes answering at one door."""
