"""The editions of the course in the CMS: what each asks, and how many people take it. Only the name is written here."""

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from modules.models import Edition, Registration, TrainingRecord
from modules.progress.differences import titles_of_today
from modules.progress.following import people_without_row
from modules.progress.telling import tell_contents


class NamedAlone(ModelPermissionPolicy):
    """Editions are made by changes of the course: nobody adds one, and none goes."""

    def user_has_permission(self, user, action):
        return action in ("view", "change") and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class ContentsPanel(Panel):
    """What the edition asks, module by module."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/edition.html"

        def get_context_data(self, parent_context=None):
            modules = tell_contents(self.instance.contents, titles_of_today())
            return super().get_context_data(parent_context) | {"modules": modules}


class EditionIndexView(IndexView):
    """The list of editions, the newest first, with how many people take and finished each."""

    def get_base_queryset(self):
        take = _count(Registration.objects.current().filter(edition=OuterRef("pk")))
        finished = TrainingRecord.objects.standing().of_the_course().filter(edition=OuterRef("pk"))
        others, newest = Value(0), Edition.objects.order_by("-number").first()
        if newest:
            # Who has no registration belongs to what is in force.
            others = Case(When(pk=newest.pk, then=Value(len(people_without_row(newest)))), default=Value(0))
        return Edition.objects.annotate(people=take + others, people_finished=_count(finished))


def _count(rows):
    counted = rows.order_by().values("edition").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class EditionViewSet(ModelViewSet):
    model = Edition
    index_view_class = EditionIndexView
    name = "editions"
    icon = "history"
    menu_label = _("Editions")
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    ordering = ["-number"]
    list_display = [
        "__str__",
        Column("number", label=_("Number"), sort_key="number"),
        DateColumn("in_force_from", label=_("In force from"), sort_key="in_force_from"),
        Column("modules", label=_("Modules"), accessor=lambda edition: len(edition.contents)),
        Column("people", label=_("Take it")),
        Column("people_finished", label=_("Finished it")),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name", help_text=_("Such as «2027»; empty: «Edition» and its number. Certificates say it.")),
            ContentsPanel(heading=_("What it asks"), icon="list-ul"),
        ]
    )


register_permission_policy(Edition, NamedAlone(Edition))
