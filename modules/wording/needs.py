"""The directory: what people may need, and whether an entry was checked lately."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

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
