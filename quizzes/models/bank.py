"""Sources, topics, competencies, cases, questions and their options."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from quizzes import kinds
from quizzes.base.choices import Difficulty
from quizzes.base.markup import strip_markup
from quizzes.base.view_registry import get_view

_PER_CENT = {
    "max_digits": 6,
    "decimal_places": 3,
    "null": True,
    "blank": True,
    "validators": [MinValueValidator(0), MaxValueValidator(100)],
}
SYNCHRONIZED_FIELDS = [SynchronizedField("identifier", overridable=False)]
SYNCHRONIZED_WITH_LESSON = [*SYNCHRONIZED_FIELDS, SynchronizedField("lesson", overridable=False)]


class Source(index.Indexed, TranslatableMixin, models.Model):
    """A numbered publication, cited in texts as `[S42]`."""

    identifier = models.CharField(_("number"), max_length=20, help_text=_("As texts refer to it, such as S42."))
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("author or publisher"), max_length=300, blank=True)
    year = models.CharField(_("year"), max_length=40, blank=True)
    address = models.URLField(_("web address"), max_length=500, blank=True)

    override_translatable_fields = SYNCHRONIZED_FIELDS
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("title"),
        index.SearchField("publisher"),
        index.AutocompleteField("identifier"),
        index.AutocompleteField("title"),
        index.FilterField("locale"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_source_per_locale")]

    def __str__(self):
        return f"{self.identifier}. {self.title}"


class Topic(index.Indexed, TranslatableMixin, models.Model):
    identifier = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    override_translatable_fields = SYNCHRONIZED_FIELDS
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_topic_per_locale")]

    def __str__(self):
        return self.name


class Competency(index.Indexed, TranslatableMixin, models.Model):
    """An observable action that a question, a scene or a refresher case is about."""

    identifier = models.CharField(
        _("identifier"), max_length=40, help_text=_("Stays the same for ever, such as M3-C1 or M3-apoyo-1.")
    )
    text = models.CharField(
        _("competency"), max_length=300, help_text=_("As an observer would see it: “Saluda igual a toda persona”.")
    )
    is_core = models.BooleanField(
        _("for everyone"), default=False, help_text=_("A quiz with pools asks for each of these at least once.")
    )

    override_translatable_fields = SYNCHRONIZED_FIELDS
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("text"),
        index.AutocompleteField("identifier"),
        index.AutocompleteField("text"),
        index.FilterField("locale"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_competency_per_locale")]

    def __str__(self):
        return f"{self.identifier} · {self.text}"


class QuestionTag(TaggedItemBase):
    content_object = ParentalKey("quizzes.Question", on_delete=models.CASCADE, related_name="tagged_items")


class RestorableRevisionsMixin:
    """Restores old revisions although objects that they refer to have been deleted."""

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        try:
            return super().from_serializable_data(data, check_fks, strict_fks)
        except Exception:
            # modelcluster raises a bare Exception for a missing object of a protected foreign key.
            missing = dict.fromkeys(_fields_of_missing_objects(cls, data))
            if not missing:
                raise
            return super().from_serializable_data(data | missing, check_fks, strict_fks)


def _fields_of_missing_objects(model, data):
    for field in model._meta.concrete_fields:
        pk = data.get(field.name) if field.many_to_one and field.null else None
        if pk is not None and not field.remote_field.model._default_manager.filter(pk=pk).exists():
            yield field.name


class DraftableContent(
    RestorableRevisionsMixin,
    index.Indexed,
    PreviewableMixin,
    DraftStateMixin,
    RevisionMixin,
    TranslatableMixin,
    ClusterableModel,
):
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    image_text = models.CharField(
        _("what the image shows"),
        max_length=300,
        blank=True,
        help_text=_("For people who can’t see it: what they need to know to answer, without the answer."),
    )

    override_translatable_fields = SYNCHRONIZED_FIELDS
    preview_modes = [("", _("As the participant sees it")), ("review", _("With the review"))]
    preview_template = ""

    class Meta(TranslatableMixin.Meta):
        abstract = True

    def get_preview_template(self, request, mode_name):
        return self.preview_template

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | get_view(self, "preview")(self, mode_name)


class Stimulus(DraftableContent):
    """A situation that two to six questions share: a text, a picture, a short dialogue, or several of these."""

    identifier = models.CharField(
        _("identifier"), max_length=40, help_text=_("Stays the same for ever, such as M1-C1.")
    )
    title = models.CharField(_("title"), max_length=120, help_text=_("Above the case, and where it is folded."))
    text = models.TextField(_("text"), blank=True)
    dialogue = models.TextField(
        _("dialogue"), blank=True, help_text=_("A line for each utterance: who speaks, a colon and what is said.")
    )

    preview_template = "quizzes/preview_stimulus.html"
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("title"),
        index.SearchField("text"),
        index.SearchField("dialogue"),
        index.AutocompleteField("identifier"),
        index.AutocompleteField("title"),
        index.FilterField("locale"),
        index.FilterField("live"),
    ]

    class Meta(DraftableContent.Meta):
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_stimulus_per_locale")]

    def __str__(self):
        return f"{self.identifier} · {self.title}"


class Question(DraftableContent):
    identifier = models.CharField(
        _("identifier"), max_length=40, help_text=_("Stays the same for ever, such as M1-Q5.")
    )
    # A callable, so that a new kind of question needs no migration.
    kind = models.CharField(_("kind"), max_length=20, choices=kinds.choices, default="single")
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices, blank=True)
    tags = ClusterTaggableManager(
        through=QuestionTag, blank=True, verbose_name=_("tags"), help_text=_("Short words to find it by.")
    )
    case = models.ForeignKey(
        Stimulus, verbose_name=_("case"), null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    case_place = models.PositiveSmallIntegerField(_("place in the case"), null=True, blank=True)
    act = models.ForeignKey(
        Competency,
        verbose_name=_("competency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    # Codes of Audience; empty: for everyone. A case has the audiences of its questions.
    audiences = models.JSONField(_("for whom"), default=list, blank=True)
    is_indispensable = models.BooleanField(
        _("indispensable"),
        default=False,
        help_text=_(
            "Without it nobody passes: who misses it reads its lesson and answers another question of that competency."
        ),
    )
    lesson = models.CharField(
        _("lesson"), max_length=80, blank=True, help_text=_("Where it is taught, such as M1-L4 or M1-L4#en-la-fila.")
    )
    text = models.TextField(_("question"))
    marks = models.PositiveSmallIntegerField(
        _("points"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    forgives_case = models.BooleanField(_("capitals don’t matter"), default=True)
    forgives_accents = models.BooleanField(_("accents don’t matter"), default=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True, help_text=_("Shown beside the box, such as horas."))
    marking_guide = models.TextField(_("guide for marking"), blank=True, help_text=_("Visible to markers only."))
    feedback = models.TextField(
        _("general feedback"),
        blank=True,
        help_text=_("Shown to everyone after the attempt. [S42] points to source 42."),
    )
    right_feedback = models.TextField(
        _("feedback for a right answer"), blank=True, help_text=_("Shown for full points.")
    )
    partly_feedback = models.TextField(
        _("feedback for a partly right answer"), blank=True, help_text=_("Shown for some of the points.")
    )
    wrong_feedback = models.TextField(_("feedback for a wrong answer"), blank=True, help_text=_("Shown for no points."))
    sources = ParentalManyToManyField(Source, verbose_name=_("sources"), blank=True, related_name="questions")
    needs_checking = models.BooleanField(
        _("contains something to check locally"),
        default=False,
        help_text=_("Shows “not verified” beside the feedback."),
    )

    override_translatable_fields = SYNCHRONIZED_WITH_LESSON
    preview_template = "quizzes/preview_question.html"
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("text"),
        index.SearchField("feedback"),
        index.AutocompleteField("identifier"),
        index.AutocompleteField("text"),
        index.FilterField("kind"),
        index.FilterField("topic"),
        index.FilterField("difficulty"),
        index.FilterField("locale"),
        index.FilterField("live"),
    ]

    class Meta(DraftableContent.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_question_per_locale")]

    def __str__(self):
        return f"{self.identifier} · {strip_markup(self.text)[:80]}"


class Choice(TranslatableMixin, Orderable):
    """An option of a question; of an ordering question a step, of a matching question a pair."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    identifier = models.CharField(_("identifier"), max_length=40, blank=True)
    # Empty only for the extra matches of a matching question: see Kind.check.
    text = models.TextField(_("text"), blank=True)
    match = models.TextField(_("goes with"), blank=True, help_text=_("Only for matching: the right-hand side."))
    gap = models.PositiveSmallIntegerField(
        _("gap"), null=True, blank=True, help_text=_("Only for gaps: the number that the text has in [[ ]].")
    )
    x = models.DecimalField(_("from the left"), help_text=_("Per cent of the picture’s width."), **_PER_CENT)
    y = models.DecimalField(_("from above"), help_text=_("Per cent of the picture’s height."), **_PER_CENT)
    radius = models.DecimalField(_("radius"), help_text=_("Per cent of the picture’s width."), **_PER_CENT)
    is_correct = models.BooleanField(_("correct"), default=False)
    fraction = models.DecimalField(
        _("per cent of the points"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-100), MaxValueValidator(100)],
        help_text=_("Only for partial credit: from -100 to 100. Empty: what the kind of question gives."),
    )
    tolerance = models.DecimalField(
        _("tolerance"),
        max_digits=20,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Only for numbers: how far an answer may be from this one and still count."),
    )
    feedback = models.TextField(_("feedback"), blank=True, help_text=_("Why this option is right, or why it is not."))
    lesson = models.CharField(
        _("lesson"), max_length=80, blank=True, help_text=_("Where a person who chooses this reads on, such as M1-L4.")
    )

    override_translatable_fields = SYNCHRONIZED_WITH_LESSON

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")

    def __str__(self):
        return (self.text or self.match)[:80]
