"""What an editor reads beside the fields of a lesson."""

from wagtail.admin.panels import Panel

from modules.text.readability import LONG_SENTENCE, MEASURED_LANGUAGES


class PlainLanguagePanel(Panel):
    """How easy the draft is to read, and what makes it hard. It is measured whenever the page is opened or saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/plain_language.html"

        def is_shown(self):
            locale = self.instance.locale if self.instance.locale_id else None
            return self.instance.pk is not None and locale is not None and locale.language_code in MEASURED_LANGUAGES

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"text": self.instance.readability, "long_sentence": LONG_SENTENCE}
