"""The plan of the demo's health centre: two actions, one of them reviewed, and the review of the other due."""

from datetime import timedelta

from django.utils import timezone

from course.models import PlanReview
from course.plans.actions import agree_on_action
from course.plans.checklist import checklist_points
from course.plans.heads import name_head
from course.plans.reading import plan_of
from course.plans.reviews import Reviewed, keep_reviews

# (its number on the checklist, in words where the site has no checklist, who answers for it)
ACTIONS = [
    (3, "Una tarjeta para señalar el servicio, sin decir el motivo en voz alta.", "Ventanilla"),
    (20, "Revisión mensual del kit, con dos firmas.", "Farmacia"),
]
AGREED_DAYS_AGO = 34


def make_plan(clinic, *, head, trainer, now):
    """Name who heads the centre, let it agree on two actions some weeks ago, and note the review of the first."""
    then = now - timedelta(days=AGREED_DAYS_AGO)
    name_head(clinic, head, by=trainer, now=then)
    agreed_on = timezone.localdate(then)
    words = {number: point for group in checklist_points("es") for number, point in group.points}
    for number, own_words, post in ACTIONS:
        agree_on_action(
            clinic,
            words=words.get(number, own_words),
            point=number if number in words else None,
            post=post,
            due_on=agreed_on + timedelta(days=75),
            agreed_on=agreed_on,
            by=head,
            now=then,
        )
    first = plan_of(clinic, now=now).open[0].action
    said = Reviewed(
        first,
        30,
        PlanReview.Answer.PARTLY,
        (PlanReview.Obstacle.SUPPLIES.value,),
        "La tarjeta está lista; falta imprimirla para las dos ventanillas.",
        0,
    )
    keep_reviews(clinic, [said], by=trainer, now=now - timedelta(days=3))
