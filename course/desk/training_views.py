"""Training record of all groups in a period, on screen and as a file."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from course.groups.training import records_of_groups, training_lines
from course.people.cohorts import cohorts_of

from .downloads import send_table
from .tables import training_table

SHOWN = 50
# A larger workbook takes too long for a request.
MOST_ROWS = 20_000


class PeriodForm(forms.Form):
    desde = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hasta = forms.DateField(
        label=gettext_lazy("Up to and with"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    modulos = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[("", gettext_lazy("The whole course")), ("si", gettext_lazy("Each module, too"))],
    )

    def clean(self):
        period = super().clean()
        if period.get("desde") and period.get("hasta") and period["hasta"] < period["desde"]:
            raise ValidationError(_("The last day is before the first. Correct one of them."))
        return period


@require_safe
@login_required
def desk_training(request):
    form, records = _requested(request)
    count = 0 if records is None else records.count()
    page = Paginator(() if records is None else records, SHOWN).get_page(request.GET.get("pagina"))
    context = {
        "form": form,
        "page": page,
        "count": count,
        "lines": training_lines(page),
        "too_many": count > MOST_ROWS,
        "most": MOST_ROWS,
    }
    return render(request, "desk/training.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def desk_training_file(request, ending):
    _form, records = _requested(request)
    if records is None or records.count() > MOST_ROWS:
        messages.error(request, _("Choose the days first, and not too many of them."))
        return redirect(f"{reverse('desk_training')}?{request.GET.urlencode()}")
    lines = training_lines(records)
    people = len({line.record.learner_id or line.record.pk for line in lines})
    return send_table(request, ending, _("Record of training"), training_table(lines), people=people)


def _requested(request):
    if not request.user.trains:
        raise Http404
    today = timezone.localdate()
    asked = request.GET if {"desde", "hasta"} & set(request.GET) else None
    form = PeriodForm(asked or {"desde": today.replace(month=1, day=1), "hasta": today}, label_suffix="")
    if not form.is_valid():
        return form, None
    period = form.cleaned_data
    records = records_of_groups(
        cohorts_of(request.user),
        everything=request.user.administers,
        since=period["desde"],
        until=period["hasta"],
        modules=bool(period["modulos"]),
    )
    return form, records
