"""Forms: period and scope of a report, kept in the address."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from course.reports.certificates import STATES
from course.reports.periods import NAMED, Period, named_period
from course.reports.scope import MOST_TO_CHOOSE, Scope, areas_to_choose, clinics_to_choose, cohorts_to_choose

FIRST_YEAR, LAST_YEAR = 2000, 2100


class ScopeForm(forms.Form):
    """Area, clinic and group; a field is left out if it has only one choice or too many."""

    area = forms.CharField(label=gettext_lazy("Health area"), required=False)
    centro = forms.CharField(label=gettext_lazy("Clinic"), required=False)
    grupo = forms.CharField(label=gettext_lazy("Group"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user
        area, clinic = (_key(self.data.get(name)) for name in ("area", "centro"))
        self._choices = {
            "area": areas_to_choose(user),
            "centro": clinics_to_choose(user, area=area),
            "grupo": cohorts_to_choose(user, area=area, clinic=clinic),
        }
        words = {"area": pgettext("areas", "All"), "centro": pgettext("clinics", "All")}
        for name, choices in self._choices.items():
            given, found = self.data.get(name), list(choices[: MOST_TO_CHOOSE + 1])
            if len(found) > MOST_TO_CHOOSE:
                found = list(choices.filter(key=_key(given))) if _key(given) else []
            if len(found) > 1 or given:
                every = words.get(name) or pgettext("groups", "All")
                self.fields[name].widget = forms.Select(
                    choices=[("", every), *((str(one.key), str(one)) for one in found)]
                )
            else:
                del self.fields[name]

    def _known(self, name, every):
        given = self.cleaned_data.get(name)
        if not given:
            return None
        key = _key(given)
        if key is None or not every.filter(key=key).exists():
            raise ValidationError(_("This is not among what you may see: choose again."))
        return key if self._choices[name].filter(key=key).exists() else None

    def clean_area(self):
        return self._known("area", areas_to_choose(self.user))

    def clean_centro(self):
        return self._known("centro", clinics_to_choose(self.user))

    def clean_grupo(self):
        return self._known("grupo", cohorts_to_choose(self.user))

    @property
    def scope(self):
        asked = self.cleaned_data
        return Scope(self.user, area=asked.get("area"), clinic=asked.get("centro"), cohort=asked.get("grupo"))

    @property
    def chosen(self):
        chosen = []
        for name in self._choices:
            key = self.cleaned_data.get(name)
            chosen += [str(one) for one in self._choices[name].filter(key=key)] if key else []
        return chosen


class ReportForm(ScopeForm):
    desde = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hasta = forms.DateField(
        label=gettext_lazy("Up to and with"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    field_order = ["desde", "hasta", "area", "centro", "grupo"]

    def _day(self, name):
        day = self.cleaned_data[name]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(_("Write a year from %(first)s to %(last)s.") % years)
        return day

    def clean_desde(self):
        return self._day("desde")

    def clean_hasta(self):
        return self._day("hasta")

    def clean(self):
        asked = super().clean()
        if asked.get("desde") and asked.get("hasta") and asked["hasta"] < asked["desde"]:
            self.add_error("hasta", _("The last day is before the first. Correct one of them."))
        return asked

    @property
    def period(self):
        return Period(self.cleaned_data["desde"], self.cleaned_data["hasta"])


class RegisterForm(ScopeForm):
    ano = forms.TypedChoiceField(label=gettext_lazy("Year"), required=False, coerce=int, empty_value=None)
    field_order = ["ano", "area", "centro", "grupo"]

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ano"].choices = [("", pgettext("years", "All")), *((year, str(year)) for year in years)]


class CertificatesForm(RegisterForm):
    estado = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    field_order = ["ano", "estado", "area", "centro", "grupo"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["estado"].choices = [("", pgettext("states", "All")), *STATES.items()]


def report_form(asked, *, user, today):
    """Return the `ReportForm` of a query string; the period defaults to last month."""
    days = {"desde", "hasta"} & set(asked)
    if days:
        return ReportForm(asked, user=user)
    period = named_period(asked.get("periodo"), today=today)
    return ReportForm({**asked.dict(), "desde": str(period.since), "hasta": str(period.until)}, user=user)


def named_periods(asked, form, *, today):
    """Return [(words, address, is selected)] of the named periods, within the form's scope."""
    links = []
    for name, words in NAMED.items():
        query = asked.copy()
        for gone in ("desde", "hasta"):
            query.pop(gone, None)
        query["periodo"] = name
        held = form.is_valid() and form.period == named_period(name, today=today)
        links.append((words, query.urlencode(), held))
    return links


def _key(text):
    try:
        return UUID(text or "")
    except ValueError:
        return None
