"""Improvement plans of health centres, with reviews after 30 and 90 days."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .people import Clinic, User

MOST_OPEN = 3
REVIEW_DAYS = (30, 90)
LONGEST_WORDS = 300
LONGEST_POST = 80


class PlanAction(models.Model):
    """An open one takes a unique place in the plan."""

    class Outcome(models.TextChoices):
        DONE = "done", pgettext_lazy("action", "Done")
        LET_GO = "let_go", pgettext_lazy("action", "Let go")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT, related_name="plan_actions")
    place = models.PositiveSmallIntegerField(_("place in the plan"), null=True, blank=True)
    # Also for a point of the checklist, which may be edited later.
    words = models.CharField(_("what will change"), max_length=LONGEST_WORDS)
    point = models.PositiveSmallIntegerField(_("point of the checklist"), null=True, blank=True)
    post = models.CharField(_("who answers for it"), max_length=LONGEST_POST)
    due_on = models.DateField(_("due on"))
    agreed_on = models.DateField(_("agreed on"))
    made_by = models.ForeignKey(
        User, verbose_name=_("written by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("written at"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, verbose_name=_("ended by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    why_let_go = models.CharField(_("why it was let go"), max_length=LONGEST_WORDS, blank=True)

    class Meta:
        verbose_name = _("action of a plan")
        verbose_name_plural = _("actions of plans")
        ordering = ["agreed_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "place"], name="a_place_of_a_plan_has_one_open_action"),
            models.CheckConstraint(
                condition=Q(place=None) | Q(place__range=(1, MOST_OPEN)), name="a_plan_has_three_places"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=False, outcome="", ended_on=None)
                | (Q(place=None, ended_on__isnull=False) & ~Q(outcome="")),
                name="an_action_has_a_place_until_it_ends",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="let_go") | ~Q(why_let_go=""), name="who_lets_an_action_go_says_why"
            ),
        ]

    def __str__(self):
        return self.words


class PlanReview(models.Model):
    """How an action stood at a review. A correction is another row: the last one holds."""

    class Answer(models.TextChoices):
        DONE = "done", pgettext_lazy("review of an action", "Done")
        PARTLY = "partly", pgettext_lazy("review of an action", "In part")
        NOT = "not", pgettext_lazy("review of an action", "No")

    class Obstacle(models.TextChoices):
        TIME = "time", _("There was no time, or not enough staff")
        SUPPLIES = "supplies", _("Supplies or money were missing")
        DECISION = "decision", _("A permission or a decision was missing")
        PLACE = "place", _("The building does not allow it yet")
        AGREEMENT = "agreement", _("The team did not agree on how to do it")
        TURNOVER = "turnover", _("Another person has the post now")
        FORGOTTEN = "forgotten", _("Nobody remembered it")
        OTHER = "other", pgettext_lazy("obstacle", "Something else")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    action = models.ForeignKey(PlanAction, verbose_name=_("action"), on_delete=models.CASCADE, related_name="reviews")
    days = models.PositiveSmallIntegerField(_("review after how many days"))
    number = models.PositiveSmallIntegerField(_("number"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    obstacles = models.JSONField(_("what was in the way"), default=list)
    words = models.CharField(_("in own words"), max_length=LONGEST_WORDS, blank=True)
    noted_by = models.ForeignKey(
        User, verbose_name=_("noted by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)

    class Meta:
        verbose_name = _("review of an action")
        verbose_name_plural = _("reviews of actions")
        ordering = ["days", "number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "days", "number"], name="reviews_of_an_action_are_numbered"),
            models.CheckConstraint(condition=Q(days__in=REVIEW_DAYS), name="actions_are_reviewed_after_30_and_90_days"),
        ]

    def __str__(self):
        return f"{self.action} · {self.days}"

    @property
    def obstacle_words(self):
        return [str(label) for value, label in self.Obstacle.choices if value in self.obstacles]


class CentreHead(models.Model):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.CASCADE, related_name="heads")
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="centres_headed")
    named_by = models.ForeignKey(
        User, verbose_name=_("named by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    named_at = models.DateTimeField(_("named at"), default=timezone.now)

    class Meta:
        verbose_name = _("head of a centre")
        verbose_name_plural = _("heads of centres")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["clinic", "person"], name="a_head_is_named_once")]

    def __str__(self):
        return f"{self.person} · {self.clinic}"
