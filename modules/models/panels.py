"""What an editor reads beside the fields of a lesson."""

from wagtail.admin.panels import Panel, TitleFieldPanel

from modules.blocks.scenarios import lay_out
from modules.text.languages import SPANISH
from modules.text.prose import scenes_of_page
from modules.text.readability import LONG_SENTENCE
from modules.text.scene_rules import hints_of


class TitlePanel(TitleFieldPanel):
    """A title that fills in no address: where that is no field, Wagtail's script fails for want of one."""

    class BoundPanel(TitleFieldPanel.BoundPanel):
        def get_attrs(self):
            attrs = super().get_attrs()
            if attrs["data-w-sync-target-value"]:
                return attrs
            return {name: value for name, value in attrs.items() if not name.startswith("data-")}


class PlainLanguagePanel(Panel):
    """How easy the draft is to read, and what makes it hard. It is measured whenever the page is opened or saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/plain_language.html"

        def is_shown(self):
            locale = self.instance.locale if self.instance.locale_id else None
            return self.instance.pk is not None and locale is not None and locale.language_code == SPANISH.code

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"text": self.instance.readability, "long_sentence": LONG_SENTENCE}


class ScenesPanel(Panel):
    """The branches of each scene of the draft, and what the craft of scenes would look at again; nothing is refused."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/scenes.html"

        def is_shown(self):
            return self.instance.pk is not None and any(block.block_type == "scenario" for block in self.instance.body)

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"scenes": _scenes_of(self.instance)}


def _scenes_of(page):
    return [_mapped(scene, page.locale.language_code) for scene in scenes_of_page(page)]


def _mapped(scene, language):
    steps = lay_out(scene["id"], scene["steps"])
    mending = [step.number for step in steps if any(option.rating == "best" for option, _leads_to in step.choices)]
    title = f"{scene['id']} · {scene['title']}"
    return {"title": title, "steps": steps, "mending": mending, "hints": hints_of(scene, language)}
