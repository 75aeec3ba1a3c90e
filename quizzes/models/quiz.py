"""Quizzes: their questions and draws, and the rules for taking and passing them."""

from collections import Counter

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail.search import index

from quizzes import kinds
from quizzes.base.choices import Difficulty, FeedbackTime
from quizzes.base.formats import format_percentage
from quizzes.base.job_roles import Audience, Pool
from quizzes.base.view_registry import get_view

from .bank import SYNCHRONIZED_FIELDS, Question, Topic
from .pools import ASKABLE, get_pools, largest_sum


class QuizQuerySet(models.QuerySet):
    def in_language(self, code):
        """Return quizzes in this language and in the site's own, those in this language first."""
        return (
            self.filter(locale__language_code__in=[code, settings.LANGUAGE_CODE])
            .select_related("locale")
            .order_by(Case(When(locale__language_code=code, then=0), default=1))
        )

    def with_indispensable(self):
        topics = Q(topic=OuterRef("topic")) | Q(topic=OuterRef("topic__parent"), with_subtopics=True)
        drawn = QuizDraw.objects.filter(topics, quiz=OuterRef(OuterRef("pk")))
        asked = QuizQuestion.objects.filter(quiz=OuterRef(OuterRef("pk")), question=OuterRef("pk"))
        marked = Question.objects.filter(Exists(asked) | Exists(drawn), live=True, is_indispensable=True)
        return self.annotate(has_indispensable=Exists(marked))

    def question_counts(self):
        """Return {pk: number of scored questions in a new attempt}, assuming that pools are large enough."""
        scored = Q(entries__question__live=True, entries__question__kind__in=kinds.SCORED)
        alone = scored & Q(entries__question__case=None)
        draws = QuizDraw.objects.filter(quiz=OuterRef("pk"))
        drawn = draws.order_by().values("quiz").values(sum=Sum("count"))
        # Untranslated questions of a translated quiz are in the other language.
        asked_or_drawn = Q(locale=OuterRef("locale")) | Q(entries__quiz=OuterRef("pk"))
        cases = Exists(Question.objects.filter(ASKABLE, asked_or_drawn, case__isnull=False))
        rows = (
            self.order_by()
            .values("pk")
            .annotate(own=Count("entries", filter=alone), asked=F("questions_drawn"), drawn=Subquery(drawn))
            .annotate(cases=cases, pooled=Exists(draws.filter(topic=None)))
            .values_list("pk", "own", "asked", "drawn", "cases", "pooled")
        )
        counts, with_cases = {}, {}
        for pk, own, asked, drawn, has_cases, is_pooled in rows:
            asked = 0 if is_pooled else asked
            counts[pk] = min(own, own if asked is None else asked) + (drawn or 0)
            if has_cases:
                with_cases[pk] = (own, asked)
        return counts | _count_with_cases(with_cases) if with_cases else counts


def _count_with_cases(quizzes):
    of_case = Question.objects.filter(ASKABLE, case=OuterRef("question__case"), kind__in=kinds.SCORED)
    size = Subquery(of_case.order_by().values("case").annotate(n=Count("pk")).values("n"))
    entries = QuizQuestion.objects.filter(quiz__in=quizzes, question__in=Question.objects.filter(ASKABLE))
    entries = entries.filter(question__case__isnull=False).order_by().annotate(size=size)
    cases = set(entries.values_list("quiz", "question__case", "size"))
    drawn = _count_drawn(quizzes)
    counts = {}
    for pk, (alone, asked) in quizzes.items():
        units = [1] * alone + [size or 0 for quiz, _case, size in cases if quiz == pk]
        counts[pk] = (sum(units) if asked is None else largest_sum(units, asked)) + drawn[pk]
    return counts


def _count_drawn(quizzes):
    draws, counts = {}, Counter(dict.fromkeys(quizzes, 0))
    for draw in QuizDraw.objects.filter(quiz__in=quizzes).select_related("quiz"):
        draws.setdefault(draw.quiz.locale_id, []).append(draw)
    for locale, of_locale in draws.items():
        for draw, pool in zip(of_locale, get_pools(locale, of_locale), strict=True):
            sizes = [len(unit) for unit in pool]
            counts[draw.quiz_id] += draw.count if sum(sizes) < draw.count else largest_sum(sizes, draw.count)
    return counts


class CountingAttempt(models.TextChoices):
    BEST = "best", _("The one with the best grade")
    FIRST = "first", _("The first one")
    LAST = "last", _("The last one")


class Layout(models.TextChoices):
    ONE = "one", _("One question a page")
    ALL = "all", _("All of them on one page")


class Quiz(index.Indexed, PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, ClusterableModel):
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
    shuffle_questions = models.BooleanField(_("shuffle the questions"), default=False)
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, blank=True, on_delete=models.PROTECT, related_name="quizzes"
    )
    questions_drawn = models.PositiveSmallIntegerField(
        _("how many of its questions to ask"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    wait_minutes = models.PositiveIntegerField(_("minutes to wait between attempts"), default=0)
    counting_attempt = models.CharField(
        _("attempt that counts"), max_length=5, choices=CountingAttempt.choices, default=CountingAttempt.BEST
    )
    feedback_time = models.CharField(
        _("feedback"), max_length=3, choices=FeedbackTime.choices, default=FeedbackTime.END
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    time_limit = models.PositiveSmallIntegerField(
        _("time limit"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("In minutes.")
    )
    grace_seconds = models.PositiveSmallIntegerField(_("seconds of grace"), default=60)
    layout = models.CharField(_("questions a page"), max_length=3, choices=Layout.choices, default=Layout.ONE)
    is_exam = models.BooleanField(_("exam"), default=False)
    asks_certainty = models.BooleanField(_("asks how sure people are"), default=False)
    passed_text = models.TextField(_("message after passing"), blank=True)
    not_passed_text = models.TextField(_("message when not passed yet"), blank=True)

    objects = QuizQuerySet.as_manager()

    override_translatable_fields = SYNCHRONIZED_FIELDS
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
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_quiz_per_locale")]

    def __str__(self):
        return self.title

    def count_questions(self):
        return Quiz.objects.filter(pk=self.pk).question_counts().get(self.pk, 0)

    @property
    def preview_modes(self):
        modes = [("", _("All of its questions"))]
        if any(draw.pool for draw in self.draws.all()):
            modes += [(code, _("As seen by: %(job)s") % {"job": job}) for code, job in Audience.choices]
        return modes

    def get_preview_template(self, request, mode_name):
        return "quizzes/preview_quiz.html"

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | get_view(self, "preview")(self, mode_name)


class QuizQuestion(TranslatableMixin, Orderable):
    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="entries")
    question = models.ForeignKey(Question, verbose_name=_("question"), on_delete=models.PROTECT, related_name="entries")

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("question of the quiz")
        verbose_name_plural = _("questions of the quiz")
        constraints = [models.UniqueConstraint(fields=["quiz", "question"], name="unique_quiz_question")]

    def __str__(self):
        return str(self.question)


class QuizDraw(TranslatableMixin, Orderable):
    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    # None: draws from the quiz's own questions, which are then asked only if drawn.
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), null=True, blank=True, on_delete=models.PROTECT, related_name="draws"
    )
    pool = models.CharField(_("for whom"), max_length=4, choices=Pool.choices, blank=True)
    with_subtopics = models.BooleanField(_("with its sub-topics"), default=True)
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices, blank=True)
    count = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("questions drawn from a topic")
        verbose_name_plural = _("questions drawn from topics")

    def __str__(self):
        return f"{self.count} × {self.topic or self.quiz}"


class ScoreBand(TranslatableMixin, Orderable):
    """A message for grades from `from_percent` up to the next band."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="bands")
    from_percent = models.PositiveSmallIntegerField(_("from this grade"), validators=[MaxValueValidator(100)])
    text = models.TextField(_("message"))

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("message by grade")
        verbose_name_plural = _("messages by grade")

    def __str__(self):
        return format_percentage(self.from_percent)
