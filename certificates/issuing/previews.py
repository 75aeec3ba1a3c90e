"""What an editor sees of a design before it is used: the sheets of a made-up person, in one language or both."""

from certificates.models import CertificateDesign
from certificates.paper.rendering import print_context
from quizzes.base.view_registry import shows

from .composing import example_print
from .designs import LANGUAGES, built_in_design


@shows(CertificateDesign, "preview")
def preview_sheets(design, mode):
    """Return the print context of each sheet to show; `mode` is `es`, `en` or `both`."""
    languages = LANGUAGES if mode == "both" else (mode,)
    return [_sheet(_in_language(design, language), language) for language in languages]


def _in_language(design, language):
    """Return the design, or its twin in the other language: its translation, else the one built in."""
    if language == design.language:
        return design
    twins = CertificateDesign.objects.filter(translation_key=design.translation_key, locale__language_code=language)
    return twins.first() or built_in_design(language)


def _sheet(design, language):
    printed = example_print(design, language=language)
    return print_context(printed, on_screen=True)
