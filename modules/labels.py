"""Labels of durations, sizes, needs; rows and `lang` attributes by language."""

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.languages import interface_language


def time_left_label(minutes):
    """Return «About 40 minutes to go»; from one hour on, rounded to five minutes."""
    if minutes < 60:
        words = ngettext("About %(minutes)d minute to go", "About %(minutes)d minutes to go", minutes)
        return words % {"minutes": minutes}
    hours, rest = divmod(5 * round(minutes / 5), 60)
    if not rest:
        return ngettext("About %(hours)d hour to go", "About %(hours)d hours to go", hours) % {"hours": hours}
    words = ngettext(
        "About %(hours)d hour and %(minutes)d minutes to go",
        "About %(hours)d hours and %(minutes)d minutes to go",
        hours,
    )
    return words % {"hours": hours, "minutes": rest}


def whole_time_label(minutes):
    """Return «about 3 hours»; from one hour on, rounded to half an hour."""
    if minutes < 60:
        return ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes) % {"minutes": minutes}
    hours, rest = divmod(30 * round(minutes / 30), 60)
    if not rest:
        return ngettext("about %(hours)d hour", "about %(hours)d hours", hours) % {"hours": hours}
    return ngettext("about %(hours)d hour and a half", "about %(hours)d hours and a half", hours) % {"hours": hours}


def playing_time_label(seconds):
    """Return «1 min 20 s», or "" for 0."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes}\N{NO-BREAK SPACE}min"] if minutes else []
    parts += [f"{rest}\N{NO-BREAK SPACE}s"] if rest else []
    return "\N{NO-BREAK SPACE}".join(parts)


def file_size_label(size):
    """Return bytes as «240 KB» or «4.2 MB», rounded up."""
    kilobytes = ceil(size / 1000)
    if kilobytes < 1000:
        return f"{kilobytes}\N{NO-BREAK SPACE}KB"
    return f"{number_format(ceil(kilobytes / 100) / 10, 1)}\N{NO-BREAK SPACE}MB"


def media_size_label(seconds, sizes):
    """Return «1 min 20 s, 240 KB»; `sizes` in bytes are alternative files, of which a player takes one."""
    labels = list(dict.fromkeys(file_size_label(size) for size in sorted(sizes) if size))
    size = (
        gettext("%(least)s or %(most)s") % {"least": labels[0], "most": labels[-1]}
        if len(labels) > 1
        else "".join(labels)
    )
    return ", ".join(filter(None, [playing_time_label(seconds), size]))


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
CHECK_VALID_FOR = timedelta(days=90)


def is_verified(checked_on, today):
    return checked_on is not None and today - checked_on <= CHECK_VALID_FOR


def rows_in_language(queryset, language):
    wanted = [settings.LANGUAGE_CODE, language]
    rows = queryset.filter(locale__language_code__in=wanted).select_related("locale")
    # `language` comes last and overwrites Spanish.
    ordered = sorted(rows, key=lambda row: row.locale.language_code == language)
    return list({row.translation_key: row for row in ordered}.values())


def lang_attribute(language):
    """Return ` lang="es"` if `language` is not the language of the interface, else ""."""
    return format_html(' lang="{}"', language) if language != interface_language() else ""
