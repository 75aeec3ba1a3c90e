"""What all snippets of the project have in common in the Wagtail admin."""

from wagtail.snippets.views.chooser import SnippetChooserViewSet, SnippetCreateView
from wagtail.snippets.views.snippets import SnippetViewSet as WagtailSnippetViewSet


class NothingIsMadeHere(SnippetCreateView):
    """Whoever chooses is offered no form, so what is sent to its address is refused: Wagtail would fail."""

    def can_create(self):
        return False


class ChooserViewSet(SnippetChooserViewSet):
    create_view_class = NothingIsMadeHere


class SnippetViewSet(WagtailSnippetViewSet):
    """A snippet that is made only in its own form, with all that this asks."""

    chooser_viewset_class = ChooserViewSet
