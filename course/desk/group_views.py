"""Pages: create and change a group."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from course.models import Clinic, Cohort, User
from course.people.clinics import manages_area_of
from course.people.cohorts import cohorts_of, eligible_trainers
from course.people.enrolment import create_cohort, update_cohort
from quizzes.base.identifiers import BoundedKeysMixin, parse_key

from .requested import requested_cohort


class TrainerChoices(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return f"{person.surnames_first} ({person.username})"


def written_in(posted):
    """Return what a posted group form holds, as initial values, whether it is valid or not."""
    fields = {name: posted.get(name, "")[:200] for name in ("name", "clinic", "opens_on", "closes_on")}
    ticked = [key for key in posted.getlist("trainers")[:500] if parse_key(key)]
    return fields | {"trainers": ticked, "sends_reminders": "sends_reminders" in posted}


class GroupForm(forms.ModelForm):
    trainers = TrainerChoices(label=_("Trainers"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Cohort
        fields = ["name", "clinic", "opens_on", "closes_on", "trainers", "sends_reminders"]
        labels = {"name": _("Name of the group"), "sends_reminders": _("Remind by e-mail without being asked")}
        help_texts = {
            "name": _("Such as the clinic and the time of day."),
            "clinic": _("Whoever comes in without a clinic in the list works here."),
            "closes_on": _("Empty: the course stays open."),
        }
        error_messages = {"name": {"required": _("Write a name for the group.")}}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.is_new = self.instance.pk is None
        self.trained_by = set() if self.is_new else set(self.instance.trainers.all())
        # Decided before a post changes the clinic, and with it the area.
        self.may_take_away = not self.is_new and manages_area_of(by, self.instance)
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        self.fields["trainers"].queryset = eligible_trainers(by, self.trained_by)
        if self.is_new:
            self.fields["trainers"].initial = [by.pk]
        self.fields["trainers"].help_text = _("They look after the people of the group and see how far each is.")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        for name in ("opens_on", "closes_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean_trainers(self):
        """Add the creator when nobody is chosen. Only area leaders may remove other trainers."""
        ticked = set(self.cleaned_data["trainers"])
        if self.is_new:
            return ticked or {self.by}
        if not ticked:
            raise ValidationError(_("Tick somebody: a group needs a trainer."))
        gone = self.trained_by - ticked - {self.by}
        if gone and not self.may_take_away:
            names = ", ".join(sorted(str(person) for person in gone))
            raise ValidationError(
                gettext("Only who leads the health area, or an administrator, takes the group from %(names)s.")
                % {"names": names}
            )
        return ticked

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("The last day comes before the first."))
        if self.is_new and "trainers" in cleaned and not self._would_see_it(cleaned):
            self.add_error(
                "trainers", _("You would not see the group: tick yourself, or choose a clinic of your health area.")
            )
        return cleaned

    def _would_see_it(self, cleaned):
        return self.by in cleaned["trainers"] or manages_area_of(self.by, Cohort(clinic=cleaned.get("clinic")))


_WRITTEN = "group_form"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_group(request):
    if not request.user.trains:
        raise Http404
    if "centro_nuevo" in request.POST:
        return _add_clinic(request)
    form = _form(request)
    if form.is_valid():
        trainers = form.cleaned_data["trainers"]
        cohort = create_cohort(form.instance, trainers=trainers, by=request.user, now=timezone.now())
        messages.success(request, gettext("The group is made. Bring in its people now."))
        return redirect("desk_roster", cohort.pk)
    return render(request, "desk/group_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_group(request, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    name = cohort.name
    if "centro_nuevo" in request.POST:
        return _add_clinic(request, cohort)
    form = _form(request, instance=cohort)
    if form.is_valid():
        update_cohort(cohort, trainers=form.cleaned_data["trainers"], by=request.user, now=timezone.now())
        messages.success(request, gettext("Saved."))
        mine = cohorts_of(request.user).filter(pk=cohort.pk).exists()
        return redirect("desk_cohort", cohort.pk) if mine else redirect("desk_cohorts")
    context = {"form": form, "cohort": cohort, "name": name}
    return render(request, "desk/group_form.html", context, status=422 if form.errors else 200)


def _add_clinic(request, cohort=None):
    request.session[_WRITTEN] = {"group": cohort and cohort.pk, "fields": written_in(request.POST)}
    return redirect(reverse("desk_new_clinic", query={"grupo": cohort.pk} if cohort else None))


def _form(request, **options):
    group, back = options.get("instance"), {"centro", "escrito"} & set(request.GET)
    if request.method == "POST":
        request.session.pop(_WRITTEN, None)
        return GroupForm(request.POST, by=request.user, **options)
    waiting = request.session.get(_WRITTEN, {}) if back else {}
    initial = waiting["fields"] if waiting and waiting["group"] == (group and group.pk) else {}
    if clinic := request.GET.get("centro"):
        initial = initial | {"clinic": clinic}
    return GroupForm(by=request.user, initial=initial, **options)
