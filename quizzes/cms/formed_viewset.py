"""What the snippets of the question bank have in common in the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.base.snippets import SnippetViewSet

from .effects_panel import EffectsPanel

MARKS_HELP = _(
    "In texts: **bold**, *italic*, [S42] for source 42, [VL] for what must still be verified locally, "
    "[[estigma]] for a term of the glossary."
)


class FormedSnippetViewSet(SnippetViewSet):
    """A snippet whose form is `base_form_class`: Wagtail itself only looks for one on the model.

    Where publishing affects people, that stands above the form.
    """

    base_form_class = IdentifiedForm
    # Attributes of the element around the panels.
    form_attrs = {}

    def get_edit_handler(self):
        panels = [EffectsPanel(heading=_("Whom publishing affects")), *self.panels]
        panels = ObjectList(panels, base_form_class=self.base_form_class, attrs=self.form_attrs)
        return panels.bind_to_model(self.model)
