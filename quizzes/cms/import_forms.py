"""Upload form of the import."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from quizzes.bank.topic_tree import offer_topics
from quizzes.importing.bringing import bring_file
from quizzes.importing.formats import FORMATS, LARGEST, refuse_size
from quizzes.importing.parts.reading import UnreadableFile
from quizzes.models import Quiz, Topic


def format_choices():
    labels = sorted(((name, module.label) for name, module in FORMATS.items()), key=lambda pair: str(pair[1]).lower())
    return [("auto", _("Find out")), *labels]


class ImportForm(forms.Form):
    """When valid, `brought` is the content of the file as a plain value."""

    file = forms.FileField(label=_("File"), required=False)
    pasted = forms.CharField(
        label=_("Or the text itself"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Paste questions in GIFT or Aiken."),
    )
    format_name = forms.ChoiceField(label=_("Format"), choices=format_choices, initial="auto")
    locale = forms.ModelChoiceField(label=_("Language of the questions"), queryset=Locale.objects.none())
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.none(),
        required=False,
        empty_label=_("As the file says"),
        help_text=_("With a topic, all of it goes there, and the categories of the file become parts of it."),
    )
    quiz = forms.ModelChoiceField(
        label=_("Into a quiz"),
        queryset=Quiz.objects.none(),
        required=False,
        empty_label=_("Into none, only into the bank"),
        help_text=_("The questions come at its end. Who has begun an attempt finishes it as it was."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("Up to %(limit)d MB.") % {"limit": LARGEST // 1024**2}
        self.fields["locale"].queryset = Locale.objects.all()
        self.fields["locale"].initial = Locale.get_default()
        self.fields["topic"].queryset = Topic.objects.all()
        offer_topics(self.fields["topic"])
        if user.has_perm("quizzes.change_quiz"):
            self.fields["quiz"].queryset = Quiz.objects.order_by("title")
        else:
            del self.fields["quiz"]

    def clean_file(self):
        if file := self.cleaned_data["file"]:
            _or_say(refuse_size, file.size)
        return file

    def clean(self):
        cleaned = super().clean()
        for name in ("topic", "quiz"):
            if (thing := cleaned.get(name)) and cleaned.get("locale") and thing.locale_id != cleaned["locale"].pk:
                self.add_error(name, _("It is in another language than the questions."))
        if self.errors:
            return cleaned
        file, pasted = cleaned["file"], cleaned["pasted"]
        if bool(file) == bool(pasted.strip()):
            raise ValidationError(_("Choose a file or paste a text: one of the two."))
        self.name = file.name if file else ""
        content = file.read() if file else pasted.encode()
        self.brought = _or_say(bring_file, content, name=self.name, format_name=cleaned["format_name"])
        return cleaned


def _or_say(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except UnreadableFile as error:
        raise ValidationError(error.sentence) from error
