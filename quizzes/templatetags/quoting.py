"""Somebody else's words, between the marks of the reader's language."""

from django import template

from quizzes.wording.quoting import quoted

register = template.Library()
register.filter("quoted", quoted)
