"""Pages: change, move, archive, export, delete and merge people of a group."""

import secrets

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Select
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.text.fields import post_in_site_language
from certificates.text.names import check_printable_name
from course.groups.changing import watching
from course.groups.corrections import differing_on_certificate
from course.models import Clinic, User
from course.people.accounts import CannotAdd, add_existing_person, may_open_account, update_registration
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of
from course.people.enrolment import create_join_code, people_with_codes, remove_join_code
from course.people.identifier_fields import add_number_fields, check_numbers, number_changes, set_optional_form_fields
from course.people.leaving import (
    CannotLeave,
    archive_person,
    archived_people,
    cohorts_to_move_to,
    delete_person,
    move_person,
)
from course.people.merging import CannotMerge, check_can_merge, merge_accounts, preview_merge
from quizzes.base.identifiers import parse_key
from quizzes.base.spreadsheets import XLSX, download

from .downloads import send_table
from .group_choices import group_choices
from .person_file import person_file
from .requested import requested_cohort, requested_person
from .tables import archive_table


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "role", "job_title", "clinic", "phone", "sex"]
        help_texts = {
            "last_name": gettext_lazy(
                "Both surnames, as in the identity document: certificates are issued under this name."
            ),
            "role": gettext_lazy("Decides which scene and tip come first."),
            "job_title": gettext_lazy("As the list of staff or the appointment has it. Certificates print it."),
        }

    def __init__(self, *args, by, cohort, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.cohort = by, cohort
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        set_optional_form_fields(self)
        add_number_fields(self)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def registered(self):
        return [name for name in self.fields if name in self._meta.fields]

    def clean(self):
        cleaned = super().clean()
        check_numbers(self, by=self.by, cohort=self.cohort, now=timezone.now())
        return cleaned

    def clean_first_name(self):
        return check_printable_name(self.cleaned_data["first_name"])

    def clean_last_name(self):
        return check_printable_name(self.cleaned_data["last_name"])

    def clean_job_title(self):
        return post_in_site_language(self.cleaned_data["job_title"])


def _person_to_change(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if not request.user.has_perm("course.change_learner", learner):
        raise Http404
    return cohort, learner


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_person(request, cohort_pk, learner_pk):
    cohort, learner = _person_to_change(request, cohort_pk, learner_pk)
    name = learner.surnames_first
    posted = request.POST if request.method == "POST" else None
    form = PersonForm(posted, instance=learner, by=request.user, cohort=cohort)
    if form.is_valid():
        update_registration(
            learner, fields=form.registered, **number_changes(form), cohort=cohort, by=request.user, now=timezone.now()
        )
        messages.success(request, _("Saved."))
        if _differing(request, learner)["differing"]:
            return redirect("desk_change_person", cohort.pk, learner.pk)
        return redirect("desk_person", cohort.pk, learner.pk)
    context = {"cohort": cohort, "learner": learner, "name": name, "form": form}
    # A refused form has changed the instance in memory.
    if not form.errors:
        context |= _differing(request, learner)
    return render(request, "desk/change_person.html", context, status=422 if form.errors else 200)


def _differing(request, learner):
    certificate, rows = differing_on_certificate(learner, by=request.user, today=timezone.localdate())
    return {"certificate": certificate, "differing": rows}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_leave(request, cohort_pk, learner_pk):
    cohort, learner = _person_to_change(request, cohort_pk, learner_pk)
    groups = cohorts_to_move_to(request.user, cohort, learner)
    now, action = timezone.now(), request.POST.get("action")
    if action == "archive":
        archive_person(learner, cohort, by=request.user, now=now)
        messages.success(request, _("%(person)s is archived. What they did is kept.") % {"person": learner})
        return redirect("desk_cohort", cohort.pk)
    if action == "move":
        target = get_object_or_404(groups, pk=parse_key(request.POST.get("group", "")))
        move_person(learner, cohort, target, by=request.user, now=now)
        messages.success(request, _("%(person)s is in “%(group)s” now.") % {"person": learner, "group": target})
        return redirect("desk_person", target.pk, learner.pk)
    choices = group_choices(groups, today=timezone.localdate(now))
    select = Select(choices=choices).render("group", "", {"id": "group"}) if choices else ""
    return render(request, "desk/leave.html", {"cohort": cohort, "learner": learner, "select": select})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_archive(request, cohort_pk):
    cohort, problem = requested_cohort(request, cohort_pk), ""
    people = archived_people(cohort)
    if request.method == "POST":
        learner = get_object_or_404(people, pk=parse_key(request.POST.get("persona", "")))
        try:
            add_existing_person(cohort, learner, by=request.user, now=timezone.now())
        except CannotAdd as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _("%(person)s is in the group again.") % {"person": learner})
            return redirect("desk_archive", cohort.pk)
    shown = [(person, may_open_account(request.user, person)) for person in people]
    context = {"cohort": cohort, "people": shown, "problem": problem}
    return render(request, "desk/archive.html", context, status=422 if problem else 200)


@login_required
@require_safe
def desk_archive_file(request, ending, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    table = archive_table(archived_people(cohort).select_related("clinic"))
    return send_table(request, ending, _("Archived people"), table, cohort=cohort, people=len(table[1]))


@login_required
@require_safe
def desk_person_file(request, cohort_pk, learner_pk):
    cohort, learner = _person_to_change(request, cohort_pk, learner_pk)
    now = timezone.now()
    content = person_file(learner, now=now)
    audit_log("person_exported", by=request.user, cohort=cohort, about=[learner], people=1, now=now)
    return download(content, f"{slugify(learner.username)}-{timezone.localdate(now):%Y-%m-%d}.xlsx", XLSX)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_delete_person(request, cohort_pk, learner_pk):
    cohort, learner = _person_to_change(request, cohort_pk, learner_pk)
    problem = ""
    if request.method == "POST":
        if request.POST.get("code", "").strip().upper() != learner.username.upper():
            problem = _("Write the user code of the person to confirm.")
        else:
            try:
                delete_person(learner, by=request.user, cohort=cohort, now=timezone.now())
            except CannotLeave as kept:
                problem = str(kept)
            else:
                messages.success(request, _("The account is deleted."))
                return redirect("desk_cohort", cohort.pk)
    context = {
        "cohort": cohort,
        "learner": learner,
        "problem": problem,
        "problem_at": "code",
        "certificates": learner.certificates.count(),
    }
    return render(request, "desk/delete_person.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_merge(request, cohort_pk, learner_pk):
    cohort, learner = _person_to_change(request, cohort_pk, learner_pk)
    code = (request.POST.get("code") or request.GET.get("code") or "").strip()
    other, problem = None, ""
    if code:
        try:
            other = _account_to_merge(request.user, learner, code)
            if request.method == "POST":
                with watching([learner], merged=other) as ended:
                    merge_accounts(learner, other, by=request.user, cohort=cohort, now=timezone.now())
                messages.success(request, _("The two accounts are one: %(code)s.") % {"code": learner.username})
                for sentence in ended:
                    messages.warning(request, sentence)
                return redirect("desk_person", cohort.pk, learner.pk)
        except CannotMerge as refusal:
            other, problem = None, str(refusal)
        except ValidationError as refusal:
            other, problem = None, " ".join(refusal.messages)
    context = {
        "cohort": cohort,
        "learner": learner,
        "other": other,
        "merger": preview_merge(learner, other) if other else None,
        "code": code,
        "alike": _called_alike(request.user, learner),
        "problem": problem,
        "problem_at": "code",
    }
    return render(request, "desk/merge.html", context, status=422 if problem else 200)


def _account_to_merge(user, learner, code):
    people, _unknown = people_with_codes([code])
    other = people[0] if people else None
    check_can_merge(learner, other, by=user)
    return other


def _called_alike(user, learner):
    seen = User.objects.filter(enrolments__left_at=None, enrolments__cohort__in=cohorts_of(user).values("pk"))
    return seen.filter(sort_key=learner.sort_key).exclude(pk=learner.pk).select_related("clinic").distinct()


@login_required
@require_POST
def desk_join_code(request, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    if request.POST.get("action") == "end":
        remove_join_code(cohort, by=request.user, now=timezone.now())
        messages.success(request, _("Nobody joins the group by code any more."))
    else:
        code = create_join_code(cohort, by=request.user, now=timezone.now(), chance=secrets.SystemRandom())
        said = _("From now on people join the group with the code %(code)s. An earlier one opens nothing any more.")
        messages.success(request, said % {"code": f"{code[:4]} {code[4:]}"})
    return redirect("desk_roster", cohort.pk)
