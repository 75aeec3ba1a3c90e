"""Panel with item-writing flaws of the question being edited."""

from django.db.models import Sum
from wagtail.admin.panels import Panel

from quizzes.bank.usage import find_uses_now
from quizzes.guessing.flaws import Written, find_flaws
from quizzes.models import ItemChoices, ItemScores
from quizzes.signals import lesson_texts_requested


class FlawsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/flaws_panel.html"

        def is_shown(self):
            return self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"flaws": find_flaws(write_out(self.instance))}


def write_out(question):
    picked, people = _count_picked(question)
    return Written(
        question.kind,
        question.text,
        list(question.choices.all()),
        lessons=_lessons_of(question),
        language=question.locale.language_code,
        has_act=question.act_id is not None,
        has_lesson=bool(question.lesson.strip()),
        picked=picked,
        people=people,
    )


def _lessons_of(question):
    quizzes = {use.quiz.pk for use in find_uses_now([question])[question.pk]}
    if not quizzes:
        return ()
    answers = lesson_texts_requested.send(None, quizzes=quizzes, language=question.locale.language_code)
    return tuple(lesson for _receiver, lessons in answers for lesson in lessons)


def _count_picked(question):
    picked = ItemChoices.objects.filter(question_key=question.translation_key).exclude(option="").order_by()
    people = ItemScores.objects.filter(question_key=question.translation_key).aggregate(people=Sum("people"))["people"]
    return dict(picked.values("option").annotate(sum=Sum("people")).values_list("option", "sum")), people or 0
