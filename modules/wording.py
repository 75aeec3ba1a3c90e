"""Durations, needs of the directory, and texts in the reader's language."""

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.languages import interface_language

STEP = 5


def time_left_in_words(minutes):
    """Return a sentence without its full stop; from one hour on, to the nearest five minutes."""
    if minutes < 60:
        words = ngettext("About %(minutes)d minute to go", "About %(minutes)d minutes to go", minutes)
        return words % {"minutes": minutes}
    hours, rest = divmod(STEP * round(minutes / STEP), 60)
    if not rest:
        return ngettext("About %(hours)d hour to go", "About %(hours)d hours to go", hours) % {"hours": hours}
    words = ngettext(
        "About %(hours)d hour and %(minutes)d minutes to go",
        "About %(hours)d hours and %(minutes)d minutes to go",
        hours,
    )
    return words % {"hours": hours, "minutes": rest}


def whole_time_in_words(minutes):
    """Return how long something takes in all, as «unas 3 horas»; from one hour on, to the nearest half hour."""
    if minutes < 60:
        return ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes) % {"minutes": minutes}
    hours, rest = divmod(30 * round(minutes / 30), 60)
    if not rest:
        return ngettext("about %(hours)d hour", "about %(hours)d hours", hours) % {"hours": hours}
    return ngettext("about %(hours)d hour and a half", "about %(hours)d hours and a half", hours) % {"hours": hours}


def length_in_words(seconds):
    """Return how long a recording is, as on its player's clock but with units: «1 min 20 s»; "" where nobody knows."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes}\N{NO-BREAK SPACE}min"] if minutes else []
    parts += [f"{rest}\N{NO-BREAK SPACE}s"] if rest else []
    return "\N{NO-BREAK SPACE}".join(parts)


def size_in_words(size):
    """Return what bytes take of the line, as «240 KB» or «4.2 MB», never less than it is."""
    kilobytes = ceil(size / 1000)
    if kilobytes < 1000:
        return f"{kilobytes}\N{NO-BREAK SPACE}KB"
    return f"{number_format(ceil(kilobytes / 100) / 10, 1)}\N{NO-BREAK SPACE}MB"


def taken_in_words(seconds, sizes):
    """Return how long something lasts and what it takes of the line: «1 min 20 s, 240 KB».

    `sizes` are those of its files, of which one is taken: which one depends on the player.
    """
    words = list(dict.fromkeys(size_in_words(size) for size in sorted(sizes) if size))
    size = (
        gettext("%(least)s or %(most)s") % {"least": words[0], "most": words[-1]} if len(words) > 1 else "".join(words)
    )
    return ", ".join(filter(None, [length_in_words(seconds), size]))


# Slugs as in content/es/directory.yaml.
NEEDS = [
    ("salud_general", _("General health care")),
    ("its_vih_pruebas", _("STI and HIV: tests and treatment")),
    ("prep_pep", _("PrEP and PEP")),
    ("anticoncepcion", _("Contraception")),
    ("violencia_sexual", _("Sexual violence: care")),
    ("salud_mental", _("Mental health")),
    ("atencion_trans", _("Care for trans people")),
    ("legal_acompanamiento", _("Legal help and company")),
    ("denuncia_ddhh", _("Complaints about rights")),
    ("denuncia_penal", _("Reporting a crime")),
    ("proteccion_ninez", _("Protection of children")),
    ("trata", _("Human trafficking")),
    ("refugio", _("Shelter")),
    ("lideresas_pares", _("Organised sex workers")),
    ("consumo_sustancias", _("Alcohol and other drugs")),
    ("mujeres_privadas_libertad", _("Women in prison")),
]
CHECK_LASTS = timedelta(days=90)


def is_verified(checked_on, today):
    """Whether a check of that day (or None) still counts today."""
    return checked_on is not None and today - checked_on <= CHECK_LASTS


def rows_in(queryset, language):
    """Return the rows of a translatable model as a list: each once, in `language` where it exists, else in Spanish."""
    wanted = [settings.LANGUAGE_CODE, language]
    rows = queryset.filter(locale__language_code__in=wanted).select_related("locale")
    # The reader's own language comes last, and so wins.
    ordered = sorted(rows, key=lambda row: row.locale.language_code == language)
    return list({row.translation_key: row for row in ordered}.values())


def language_mark(language):
    """Return ` lang="es"` for texts in another language than the interface's, else nothing."""
    return format_html(' lang="{}"', language) if language != interface_language() else ""
