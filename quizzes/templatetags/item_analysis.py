"""Filters for the pages of the item analysis."""

from django import template

from quizzes.analysis import tables as analysis_tables

register = template.Library()
register.filter("percent", analysis_tables.percent)
register.filter("weight_words", analysis_tables.weight_words)
register.filter("people_words", analysis_tables.people_words)
