"""Filters for what is printed of papers and keyed in."""

from django import template

from course.paper.printing import picture_name, spot_name
from course.paper.sheets import grouped

register = template.Library()
register.filter("picture_name", picture_name)
register.filter("spot_name", spot_name)
register.filter("grouped_code", grouped)
