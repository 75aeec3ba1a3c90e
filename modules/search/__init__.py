"""Searching lessons, sheets, glossary, language guide and directory: docs/decisions/0011-search.md."""

from .search import QUERY_LENGTH, Hit, Results, find, lessons_to_search, sheets_to_search, words_to_search

__all__ = ["QUERY_LENGTH", "Hit", "Results", "find", "lessons_to_search", "sheets_to_search", "words_to_search"]
