"""Editions of the course in the Wagtail admin."""

from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogFormatter
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy, register_permission_policy

from modules.models import Edition, Registration, TrainingRecord
from modules.progress.catching_up import catch_up, catching_up_with
from modules.progress.differences import titles_of_today
from modules.progress.following import people_without_row
from modules.progress.telling import tell_behind, tell_contents, tell_taken_along


class NamedAlone(ModelPermissionPolicy):
    def user_has_permission(self, user, action):
        return action in ("view", "change") and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class ContentsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/edition.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            edition, user = self.instance, self.request.user
            return context | {
                "modules": tell_contents(edition.contents, titles_of_today()),
                "behind": catching_up_with(edition).people,
                "take_along": may_take_along(user) and reverse("editions:take_along", args=[edition.pk]),
            }


class EditionIndexView(IndexView):
    explanation = _(
        "An edition is what the course asks: its modules, lessons and quizzes of a time. When you change that, another "
        "comes into force by itself, and everybody goes on with their own. Whoever finished has finished."
    )

    def get_base_queryset(self):
        take = _count(Registration.objects.current().filter(edition=OuterRef("pk")))
        finished = TrainingRecord.objects.valid().of_the_course().filter(edition=OuterRef("pk"))
        others, newest = Value(0), Edition.objects.order_by("-number").first()
        if newest:
            # Learners without a registration take the current edition.
            others = Case(When(pk=newest.pk, then=Value(len(people_without_row(newest)))), default=Value(0))
        return Edition.objects.annotate(people=take + others, people_finished=_count(finished))


def _day_in_force(edition):
    return date_format(timezone.localtime(edition.current_from), "DATE_FORMAT")


def _count(rows):
    counted = rows.order_by().values("edition").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def may_take_along(user):
    return page_permission_policy.user_has_permission(user, "publish")


@require_http_methods(["GET", "HEAD", "POST"])
def take_those_in_the_middle_along(request, pk):
    """Show what changes for learners of earlier editions; a POST that confirms exactly this moves them."""
    edition = get_object_or_404(Edition, pk=pk)
    if not may_take_along(request.user):
        raise PermissionDenied
    catching_up, back = catching_up_with(edition), reverse("editions:edit", args=[pk])
    seal = Signer(salt="modules.editions").signature(f"{request.user.pk} {catching_up.fingerprint}")
    if request.method == "POST" and catching_up.behind and constant_time_compare(request.POST.get("seal", ""), seal):
        messages.success(request, " ".join(tell_taken_along(catch_up(edition, by=request.user))))
        return redirect(back)
    context = {
        "edition": edition,
        "catching_up": catching_up,
        "behind": tell_behind(catching_up),
        "seal": seal,
        "back": back,
        "is_stale": request.method == "POST",
    }
    return render(request, "modules/admin/take_along.html", context)


class PeopleTakenAlong(LogFormatter):
    label = _("People taken along")

    def format_message(self, entry):
        sentence = gettext("Those in the middle were taken along. Moved: %(moved)d. Finished by it: %(finished)d.")
        return sentence % ({"moved": 0, "finished": 0} | entry.data)


class EditionViewSet(ModelViewSet):
    model = Edition
    index_view_class = EditionIndexView
    name = "editions"
    icon = "history"
    menu_label = _("Editions")
    menu_order = 220
    index_template_name = "modules/admin/editions.html"
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    ordering = ["-number"]
    list_display = [
        "__str__",
        Column("number", label=_("Number"), sort_key="number"),
        Column("current_from", label=_("In force from"), accessor=_day_in_force, sort_key="current_from"),
        Column("modules", label=_("Modules"), accessor=lambda edition: len(edition.contents)),
        Column("people", label=_("Take it")),
        Column("people_finished", label=_("Finished it")),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name", help_text=_("Such as “2027”; empty: “Edition” and its number. Certificates say it.")),
            ContentsPanel(heading=_("What it asks"), icon="list-ul"),
        ]
    )

    def get_urlpatterns(self):
        take_along = path("take-along/<int:pk>/", take_those_in_the_middle_along, name="take_along")
        return [*super().get_urlpatterns(), take_along]


register_permission_policy(Edition, NamedAlone(Edition))
