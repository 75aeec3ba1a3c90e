"""In which language the interface speaks, and what languages are called, for templates."""

from django import template

from quizzes.wording import languages

register = template.Library()
register.simple_tag(languages.interface_language)
register.filter(languages.language_in_words)
register.filter(languages.own_name)
