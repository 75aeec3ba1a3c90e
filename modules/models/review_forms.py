"""The forms of reviewing: who approved, for readers to see; why something is published without it; what is needed."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.forms import TaskStateCommentForm


class ModuleForm(WagtailAdminPageForm):
    """A module: made by who may not say which reviews it needs, it needs every one until somebody says otherwise."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for field in self.instance.REVIEW_FIELDS.values():
                if field not in self.fields:
                    setattr(self.instance, field, True)


class CopyWithoutAliasForm(CopyForm):
    """Copies a page. An alias is not offered: it changes whenever its original does, with no draft to be reviewed.

    Nor is an address, where the copy gets the next number: Wagtail wants one that is free until then.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        if hasattr(self.page.specific_class, "STAYS"):
            self.fields["new_slug"] = forms.SlugField(
                label=_("Address"),
                required=False,
                initial=f"copia-{uuid4().hex}",
                widget=forms.HiddenInput,
                help_text=_("The copy gets the next free number, and the address that goes with it."),
            )


class ApprovalForm(TaskStateCommentForm):
    """What a reviewer says when approving: in whose name it is shown, and a word to the editors."""

    credit = forms.CharField(max_length=200)
    field_order = ["credit", "comment"]

    @classmethod
    def for_review(cls, review):
        """Return the form class with the words for this kind of review."""
        return {"legal": LegalApprovalForm, "peers": PeerApprovalForm}[review]


class LegalApprovalForm(ApprovalForm):
    credit = forms.CharField(
        label=_("Your name, as everyone who reads the page sees it"),
        max_length=200,
        help_text=_("With your title, such as “Lcda. Ana Coj”. The date is added."),
    )


class PeerApprovalForm(ApprovalForm):
    credit = forms.CharField(
        label=_("Organisation, as everyone who reads the page sees it"),
        max_length=200,
        help_text=_("Such as “OMES”. Do not write the name of a person. The date is added."),
    )


class ReasonForm(forms.Form):
    """Why a page is published before the reviews that it needs."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: the telephone number of the line changed today. It stays in the history of the page."),
        error_messages={
            "required": _("Write the reason: it stays in the history of the page."),
            "min_length": _("Write the reason in a few words, so that it can be understood in a year."),
        },
    )
