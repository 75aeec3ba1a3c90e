"""Forms of a plan, and what a submitted form does."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from course.models import LONGEST_POST, LONGEST_WORDS, REVIEW_DAYS, PlanReview
from modules.blocks.worksheets import number_points
from modules.pdf.worksheets import find_worksheet
from quizzes.base.markup import strip_markup

from .actions import (
    DONE,
    HasEnded,
    PlanIsFull,
    Reviewed,
    ReviewedMeanwhile,
    agree_on_action,
    keep_reviews,
    let_action_go,
)
from .words import NamesSomebody, check_leads_to_nobody, check_names_no_colleague, tidy

SHEET = "lista-del-centro"


class PointGroup(NamedTuple):
    title: str
    points: list


def checklist_points(language=None):
    sheet = find_worksheet(SHEET, language or get_language())
    lists = [part.value["groups"] for part in sheet.body if part.block_type == "checklist"] if sheet else []
    return [
        PointGroup(group["title"], [(number, strip_markup(words)) for number, words in group["points"]])
        for groups in lists
        for group in number_points(groups)
    ]


USUAL_DAYS, MOST_DAYS = 90, 365
NOBODY = _("Never write a person’s name, neither of patients nor of colleagues.")


class OwnWords(forms.CharField):
    def __init__(self, *, clinic, rows=3, **options):
        self.clinic = clinic
        box = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}) if rows else None
        super().__init__(**{"help_text": NOBODY, "max_length": LONGEST_WORDS} | options, widget=box)

    def clean(self, value):
        words = tidy(super().clean(value))
        try:
            check_leads_to_nobody(words)
            if words:
                check_names_no_colleague(words, self.clinic)
        except NamesSomebody as why:
            raise ValidationError(str(why)) from why
        return words


def _day(**options):
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class ActionForm(forms.Form):
    point = forms.ChoiceField(label=_("A point of the checklist"), required=False)

    def __init__(self, *args, clinic, today, again=None, **kwargs):
        initial = {"agreed_on": today, "due_on": today + timedelta(days=USUAL_DAYS)}
        if again:
            initial |= {"point": again.words if again.point else "", "words": again.words, "post": again.post}
        super().__init__(*args, initial=initial, **kwargs)
        self.today = today
        points = checklist_points()
        self.numbers = {words: number for group in points for number, words in reversed(group.points)}
        # The value is the text, not the number: the sheet may be edited meanwhile.
        self.fields["point"].choices = [
            ("", _("None: in own words")),
            *((group.title, [(words, f"{number}. {words}") for number, words in group.points]) for group in points),
        ]
        self.fields["point"].error_messages["invalid_choice"] = _("The checklist has changed. Choose the point again.")
        if again and self.initial["point"] in self.numbers:
            self.initial["words"] = ""
        if not points:
            del self.fields["point"]
        label = _("Or in own words: what will change") if points else _("What will change")
        self.fields["words"] = OwnWords(clinic=clinic, label=label, required=False)
        self.fields["post"] = OwnWords(
            clinic=clinic,
            rows=0,
            label=_("Who answers for it (post)"),
            max_length=LONGEST_POST,
            help_text=_("The post, never a name: “Nursing”, “Front desk”, “Management”."),
            error_messages={"required": _("Write the post that answers for it.")},
        )
        self.fields["due_on"] = _day(
            label=_("Until when"), help_text=_("Soon is better: within 90 days. A year at most.")
        )
        self.fields["agreed_on"] = _day(
            label=_("Day on which it was agreed"), help_text=_("The reviews come 30 and 90 days after it.")
        )
        for name in ("due_on", "agreed_on"):
            self.fields[name].error_messages["required"] = _("Choose the day.")

    def clean_due_on(self):
        day, last = self.cleaned_data["due_on"], self.today + timedelta(days=MOST_DAYS)
        if day < self.today:
            raise ValidationError(gettext("That day has gone by. Choose one from today on."))
        if day > last:
            raise ValidationError(
                gettext("That is too far away. Choose a day until %(day)s.") % {"day": date_format(last)}
            )
        return day

    def clean_agreed_on(self):
        day, first = self.cleaned_data["agreed_on"], self.today - timedelta(days=MOST_DAYS)
        if day > self.today:
            raise ValidationError(gettext("That day has not come yet. Choose the day on which it was agreed."))
        if day < first:
            raise ValidationError(
                gettext("That is too long ago. Choose a day from %(day)s on.") % {"day": date_format(first)}
            )
        return day

    def clean(self):
        cleaned = super().clean()
        point, words = cleaned.get("point", ""), cleaned.get("words", "")
        if point and words:
            self.add_error("words", gettext("Choose a point or write in own words, not both."))
        elif not self.errors.keys() & {"point", "words"} and not point and not words:
            missing = _("Choose a point of the checklist, or write what will change.")
            self.add_error("point" if "point" in self.fields else "words", missing)
        return cleaned

    @property
    def agreed(self):
        said = self.cleaned_data
        point = said.get("point", "")
        words = (point or said["words"])[:LONGEST_WORDS]
        fields = {name: said[name] for name in ("post", "due_on", "agreed_on")}
        return fields | {"words": words, "point": self.numbers.get(point)}


class LetGoForm(forms.Form):
    def __init__(self, *args, clinic, **kwargs):
        super().__init__(*args, **kwargs)
        missing = {"required": _("Write the reason in a few words.")}
        self.fields["why"] = OwnWords(clinic=clinic, label=_("Why it is let go"), error_messages=missing)


class Part:
    def __init__(self, form, line, mark):
        self.line, self.mark = line, mark
        self.prefix = f"{line.action.key}-{mark.days}"
        self._form = form

    def __getitem__(self, name):
        return self._form[f"{self.prefix}-{name}"]

    @property
    def is_said(self):
        said = self._form.cleaned_data
        return any(said.get(f"{self.prefix}-{name}") for name in ("answer", "obstacles", "words"))

    @property
    def reviewed(self):
        said = {name: self._form.cleaned_data[f"{self.prefix}-{name}"] for name in ("answer", "obstacles", "words")}
        is_done = said["answer"] == DONE
        return Reviewed(
            self.line.action,
            self.mark.days,
            said["answer"],
            () if is_done else tuple(dict.fromkeys(said["obstacles"])),
            "" if is_done else said["words"],
            self._form.cleaned_data[f"{self.prefix}-seen"] or 0,
        )


class ReviewForm(forms.Form):
    """Reviews of `pairs` (ActionLine, Mark); carries the number of the shown review, to notice others' changes."""

    def __init__(self, *args, clinic, pairs, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = [self._add(clinic, line, mark) for line, mark in pairs]

    def _add(self, clinic, line, mark):
        part, review = Part(self, line, mark), mark.review
        seen = review.number if review else 0
        fields = {
            "seen": forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput, initial=seen),
            "answer": forms.ChoiceField(
                label=_("How does it stand?"),
                required=False,
                choices=PlanReview.Answer.choices,
                widget=forms.RadioSelect,
                initial=review.answer if review else None,
            ),
            "obstacles": forms.MultipleChoiceField(
                label=_("What was in the way?"),
                required=False,
                choices=PlanReview.Obstacle.choices,
                widget=forms.CheckboxSelectMultiple,
                initial=review.obstacles if review else [],
            ),
            "words": OwnWords(
                clinic=clinic,
                rows=2,
                label=pgettext_lazy("obstacle", "In own words, if you like"),
                required=False,
                initial=review.words if review else "",
            ),
        }
        self.fields |= {f"{part.prefix}-{name}": one for name, one in fields.items()}
        return part

    def show_again(self, reviews):
        numbers = {(review.action_id, review.days): review.number for review in reviews}
        data = self.data.copy()
        for part in self.parts:
            if number := numbers.get((part.line.action.pk, part.mark.days)):
                data[f"{part.prefix}-seen"] = number
        self.data = data

    def clean(self):
        cleaned = super().clean()
        for part in self.parts:
            if f"{part.prefix}-answer" in self.errors or not part.is_said:
                continue
            answer = cleaned.get(f"{part.prefix}-answer")
            if not answer:
                self.add_error(f"{part.prefix}-answer", gettext("Choose how it stands."))
            elif answer != DONE and not any(
                f"{part.prefix}-{name}" in self.errors or cleaned.get(f"{part.prefix}-{name}")
                for name in ("obstacles", "words")
            ):
                self.add_error(f"{part.prefix}-obstacles", gettext("Say what was in the way."))
        if not self.errors and not any(part.is_said for part in self.parts):
            self.add_error(f"{self.parts[0].prefix}-answer", gettext("Choose of one action at least how it stands."))
        return cleaned

    @property
    def reviewed(self):
        return [part.reviewed for part in self.parts if part.is_said]


class HeadForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Who heads the centre"),
        queryset=None,
        empty_label=_("Choose a person"),
        help_text=_("People of this centre who are in one of your groups now."),
        error_messages={
            "required": _("Choose a person."),
            "invalid_choice": _("Choose a person of the list: that one is not in it any more."),
        },
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        self.fields["person"].label_from_instance = lambda person: person.surnames_first


def pairs_to_review(plan, posted=None):
    """Return the (ActionLine, Mark)s that `posted` holds, else the due ones, else the next of each open action."""
    pairs = [(line, mark) for line in plan.lines for mark in line.marks]
    sent = [pair for pair in pairs if f"{pair[0].action.key}-{pair[1].days}-seen" in (posted or ())]
    due = [(line, line.due) for line in plan.due]
    return sent or due or [(line, line.to_review) for line in plan.open if line.to_review]


def action_asked(plan, text):
    try:
        line = plan.line_of(UUID(text))
    except (TypeError, ValueError):
        return None
    return line.action if line else None


def review_asked(plan, *, key=None, days=None, posted=None):
    """Return the (ActionLine, Mark)s to review, or one of one action; [] if it cannot be corrected."""
    if key is None:
        return pairs_to_review(plan, posted)
    line = plan.line_of(key)
    if line is None or days not in REVIEW_DAYS or line.is_let_go:
        return []
    mark = next(mark for mark in line.marks if mark.days == days)
    return [(line, mark)] if line.is_open or mark.review else []


def try_action(form, plan, *, by, now):
    """Add the action of a valid form; on failure add the error to the form. Returns whether it was added."""
    try:
        agree_on_action(plan.clinic, **form.agreed, by=by, now=now)
    except PlanIsFull as full:
        form.add_error(None, str(full))
        return False
    return True


def try_reviews(form, plan, *, by, now):
    try:
        keep_reviews(plan.clinic, form.reviewed, by=by, now=now)
    except ReviewedMeanwhile as meanwhile:
        form.show_again(meanwhile.reviews)
        form.add_error(None, str(meanwhile))
        return False
    except (HasEnded, PlanIsFull) as refused:
        form.add_error(None, str(refused))
        return False
    return True


def try_letting_go(form, line, *, by, now):
    try:
        let_action_go(line.action, why=form.cleaned_data["why"], by=by, now=now)
    except HasEnded as ended:
        form.add_error(None, str(ended))
        return False
    return True
