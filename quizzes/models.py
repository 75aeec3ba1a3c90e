"""Questions, quizzes and what people answered. Facts about people refer to stable keys, never to a row of the CMS."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from . import kinds
from .marks import plain

# An identifier is the same in every language: a translation can't change it.
SAME_EVERYWHERE = [SynchronizedField("identifier", overridable=False)]


class Source(index.Indexed, TranslatableMixin, models.Model):
    """A numbered publication that texts and feedback rest on; `[S42]` in a text points to it."""

    identifier = models.CharField(_("number"), max_length=20, help_text=_("As texts refer to it, such as S42."))
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("author or publisher"), max_length=300, blank=True)
    year = models.CharField(_("year"), max_length=40, blank=True)
    address = models.URLField(_("web address"), max_length=500, blank=True)

    override_translatable_fields = SAME_EVERYWHERE
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
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_source_is_listed_once_per_language"),
        ]

    def __str__(self):
        return f"{self.identifier}. {self.title}"


class Topic(index.Indexed, TranslatableMixin, models.Model):
    """What a question is about; topics may have sub-topics."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    override_translatable_fields = SAME_EVERYWHERE
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_topic_is_listed_once_per_language"),
        ]

    def __str__(self):
        return self.name


class Question(index.Indexed, PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, ClusterableModel):
    """A question of the bank, with feedback for every option and the sources it rests on."""

    identifier = models.CharField(
        _("identifier"), max_length=40, help_text=_("Stays the same for ever, such as M1-Q5.")
    )
    # A callable, so that a new kind of question needs no migration.
    kind = models.CharField(_("kind"), max_length=20, choices=kinds.choices, default="single")
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    text = models.TextField(_("question"))
    feedback = models.TextField(
        _("general feedback"),
        blank=True,
        help_text=_("Shown to everyone after the attempt. [S42] points to source 42."),
    )
    sources = ParentalManyToManyField(Source, verbose_name=_("sources"), blank=True, related_name="questions")
    needs_checking = models.BooleanField(
        _("holds something to check locally"), default=False, help_text=_("Shows «not verified» beside the feedback.")
    )

    override_translatable_fields = SAME_EVERYWHERE
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("text"),
        index.SearchField("feedback"),
        index.AutocompleteField("identifier"),
        index.AutocompleteField("text"),
        index.FilterField("kind"),
        index.FilterField("topic"),
        index.FilterField("locale"),
        index.FilterField("live"),
    ]
    preview_modes = [("", _("As the participant sees it")), ("review", _("With the review"))]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_question_is_listed_once_per_language"),
        ]

    def __str__(self):
        return f"{self.identifier} · {plain(self.text)[:80]}"

    def get_preview_template(self, request, mode_name):
        return "quizzes/preview_question.html"

    def get_preview_context(self, request, mode_name):
        from .previews import preview_question  # papers are drawn from these models

        return super().get_preview_context(request, mode_name) | preview_question(self, mode_name)


class Choice(TranslatableMixin, Orderable):
    """One option of a question: for ordering the step at its right place, for matching a pair."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    identifier = models.CharField(_("identifier"), max_length=40, blank=True)
    text = models.TextField(_("text"))
    match = models.TextField(_("goes with"), blank=True, help_text=_("Only for matching: the right-hand side."))
    is_correct = models.BooleanField(_("correct"), default=False)
    feedback = models.TextField(_("feedback"), blank=True, help_text=_("Why this option is right, or why it is not."))

    override_translatable_fields = SAME_EVERYWHERE

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")

    def __str__(self):
        return self.text[:80]


class QuizQuerySet(models.QuerySet):
    def in_language(self, code):
        """The quizzes that a reader of this language gets: in it, else in the site's own; the better one first."""
        return (
            self.filter(locale__language_code__in=[code, settings.LANGUAGE_CODE])
            .select_related("locale")
            .order_by(Case(When(locale__language_code=code, then=0), default=1))
        )

    def counts_of_questions(self):
        """Return {pk: how many questions count in an attempt that starts now} in one query."""
        scored = Q(entries__question__live=True, entries__question__kind__in=kinds.SCORED)
        return dict(
            self.order_by().values("pk").annotate(scored=Count("entries", filter=scored)).values_list("pk", "scored")
        )


class Quiz(index.Indexed, PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, ClusterableModel):
    """An ordered set of questions with the rules for passing it."""

    identifier = models.SlugField(_("identifier"), max_length=40, help_text=_("Part of the address; stays the same."))
    title = models.CharField(_("title"), max_length=200)
    intro = models.TextField(_("introduction"), blank=True)
    warning = models.TextField(
        _("content warning"),
        blank=True,
        help_text=_("Shown before the quiz begins: that of its module, if it has one."),
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Per cent of the points."),
    )
    shuffle_options = models.BooleanField(_("shuffle the options"), default=True)

    objects = QuizQuerySet.as_manager()

    override_translatable_fields = SAME_EVERYWHERE
    search_fields = [
        index.SearchField("identifier"),
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("locale"),
        index.FilterField("live"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_quiz_is_listed_once_per_language"),
        ]

    def __str__(self):
        return self.title

    def count_questions(self):
        """Return how many questions count in an attempt that starts now."""
        return Question.objects.filter(entries__quiz=self, live=True, kind__in=kinds.SCORED).count()

    def get_preview_template(self, request, mode_name):
        return "quizzes/preview_quiz.html"

    def get_preview_context(self, request, mode_name):
        from .previews import preview_quiz  # papers are drawn from these models

        return super().get_preview_context(request, mode_name) | preview_quiz(self)


class QuizQuestion(TranslatableMixin, Orderable):
    """A question's place in a quiz."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="entries")
    question = models.ForeignKey(Question, verbose_name=_("question"), on_delete=models.PROTECT, related_name="entries")

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question of the quiz")
        verbose_name_plural = _("questions of the quiz")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="a_question_stands_once_in_a_quiz"),
        ]

    def __str__(self):
        return str(self.question)


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(submitted_at=None)

    def submitted(self):
        return self.exclude(submitted_at=None)

    def passed(self):
        return self.filter(passed=True)

    def of_quiz(self, quiz_key):
        return self.filter(quiz_key=quiz_key)

    def without_paper(self):
        """Leave the paper in the database: of it a list needs only the title and the points possible, `total`."""
        return self.defer("paper").annotate(title=F("paper__title"), total=F("paper__total"))


class Attempt(models.Model):
    """A learner's attempt at a quiz. It carries its paper: what was asked, in which order, with which marks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="attempts"
    )
    quiz_key = models.UUIDField(_("quiz"), db_index=True)
    paper = models.JSONField(_("paper"))
    language = models.CharField(_("language"), max_length=10)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    # Per cent from 0 to 100, rounded down to five places; whether it passed was decided on the unrounded value.
    grade = models.DecimalField(_("grade"), max_digits=8, decimal_places=5, null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "quiz_key"],
                condition=Q(submitted_at=None),
                name="one_open_attempt_per_learner_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, grade=None, passed=None)
                | Q(submitted_at__isnull=False, grade__isnull=False, passed__isnull=False),
                name="grade_and_submission_go_together",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=0, grade__lte=100), name="a_grade_is_a_percentage"
            ),
        ]
        indexes = [models.Index(fields=["learner", "quiz_key", "passed", "grade"], name="attempt_outcomes")]

    def __str__(self):
        return f"{self.learner} · {self.paper.get('title', '')} · {self.started_at:%Y-%m-%d}"


class AnswerWrite(models.Model):
    """Every write of an answer as it arrived; the same client and number again is the same write."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="writes")
    question_key = models.UUIDField(_("question"))
    client = models.CharField(_("client"), max_length=40)
    number = models.PositiveBigIntegerField(_("number"))
    response = models.JSONField(_("response"))
    given_at = models.DateTimeField(_("given at"), help_text=_("Corrected to the server's clock."))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("write of an answer")
        verbose_name_plural = _("writes of answers")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_key", "client", "number"], name="a_repeated_write_is_one_write"
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.number}"


class Answer(models.Model):
    """The answer that stands for a question of an attempt, derived from its writes."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.UUIDField(_("question"))
    response = models.JSONField(_("response"))
    write = models.ForeignKey(AnswerWrite, on_delete=models.CASCADE, related_name="+")
    # Points from 0 to 1, set when the attempt is submitted.
    fraction = models.DecimalField(_("points"), max_digits=7, decimal_places=5, null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key"], name="one_answer_per_attempt_and_question"),
        ]
        indexes = [models.Index(fields=["question_key", "fraction", "attempt"], name="answer_item_statistics")]

    def __str__(self):
        return f"{self.attempt_id} · {self.question_key}"
