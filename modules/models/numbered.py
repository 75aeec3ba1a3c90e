"""Modules and lessons keep the number and the address that they were given with their id."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail_localize.fields import SynchronizedField


class PlacePanel(Panel):
    """Which number and address the page has, or that it gets the next ones; neither is an editor's to change."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/place.html"

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"page": self.instance}


class Numbered:
    """A page whose number and address come from its id: no title, no draft, no translation changes them.

    `naming.name_new_page` gives them. `STAYS` are the fields that no revision brings back or takes along.
    """

    STAYS = ("slug",)
    # In every language the same part of the address.
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]
    promote_panels = [
        MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("For search engines")),
    ]

    def with_content_json(self, content):
        """Return the page as a revision has it: at the number and the address of today."""
        return super().with_content_json({**content, **{name: getattr(self, name) for name in self.STAYS}})
