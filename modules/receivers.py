"""What this app does when something happens in the CMS: one line each."""

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import DraftStateMixin, Page, Revision
from wagtail.signals import page_published, post_page_move, published, unpublished

from modules.models.pages import repeat_warning
from modules.pictures.keeping import drop_picture
from modules.progress.following import change_scheduled, course_changed, quiz_closed
from modules.progress.training_record import counting_since_of, lessons_named, page_after, pass_rule_of, reckon_attempt
from modules.rendering.practice import lessons_of_quizzes
from modules.translating.kinds import TRANSLATED
from modules.translating.marking import mark_published
from modules.translating.outdated import languages_of_older
from modules.translating.writing import write_with_care
from quizzes.models import Competency, Quiz
from quizzes.signals import (
    attempt_submitted,
    counting_since_asked,
    lessons_asked,
    older_translations_asked,
    page_after_asked,
    pass_rule_asked,
    words_of_lessons_asked,
)

from .models import (
    CoursePage,
    Edition,
    Film,
    LessonPage,
    ModulePage,
    Photo,
    Recording,
    StructureStamp,
    Voice,
    Worksheet,
)
from .page_ids import name_new_page


@receiver(pre_save, sender=CoursePage)
@receiver(pre_save, sender=ModulePage)
@receiver(pre_save, sender=LessonPage)
def name_pages(instance, raw=False, **kwargs):
    if not raw:
        name_new_page(instance)


@receiver(page_published, sender=ModulePage)
def repeat_warning_in_quiz(instance, **kwargs):
    repeat_warning(instance)


def renew_structure(sender=None, raw=False, **kwargs):
    StructureStamp.renew()
    if sender not in (Worksheet, Edition, Voice, Photo, Recording, Film, Competency) and not raw:
        course_changed(by=get_active_log_context().user)


# A remembered lesson holds the quizzes and the sheets that its blocks lead to; an edition has its name; the course has
# the acts that its scenes practise. What rests on a consent is made anew as soon as it is taken back.
for model in (
    Page,
    CoursePage,
    ModulePage,
    LessonPage,
    Quiz,
    Worksheet,
    Edition,
    Voice,
    Photo,
    Recording,
    Film,
    Competency,
):
    for signal in (post_save, post_delete):
        signal.connect(renew_structure, sender=model, dispatch_uid=f"renew structure {model.__name__}")
post_page_move.connect(renew_structure, dispatch_uid="renew structure")


@receiver(post_delete, sender=Photo)
def let_picture_go(instance, **kwargs):
    drop_picture(instance.image)


def let_files_go(instance, **kwargs):
    instance.let_all_go()


for model in (Recording, Film):
    post_delete.connect(let_files_go, sender=model, dispatch_uid=f"let files go {model.__name__}")


@receiver(unpublished, sender=Quiz)
def keep_that_quiz_is_closed(instance, **kwargs):
    quiz_closed(instance)


@receiver(post_save, sender=Revision)
def keep_what_is_scheduled(instance, raw=False, **kwargs):
    if instance.approved_go_live_at and not raw:
        change_scheduled(instance)


def remember_what_was_translated(instance, raw=False, **kwargs):
    if not raw:
        mark_published(instance, by=get_active_log_context().user, now=timezone.now())


@receiver(older_translations_asked)
def tell_older_translations(rows, **kwargs):
    return languages_of_older(rows)


page_published.connect(remember_what_was_translated, dispatch_uid="remember what a page was translated from")
published.connect(remember_what_was_translated, dispatch_uid="remember what a snippet was translated from")
# What has no drafts is published by saving it.
for translated in TRANSLATED.values():
    if not issubclass(translated.model, DraftStateMixin):
        name = translated.model.__name__
        post_save.connect(remember_what_was_translated, translated.model, dispatch_uid=f"remember translated {name}")

attempt_submitted.connect(reckon_attempt, dispatch_uid="reckon attempt")
pass_rule_asked.connect(pass_rule_of, dispatch_uid="tell pass rule")
counting_since_asked.connect(counting_since_of, dispatch_uid="tell since when attempts count")
words_of_lessons_asked.connect(lessons_of_quizzes, dispatch_uid="tell the words of lessons")
lessons_asked.connect(lessons_named, dispatch_uid="tell where lessons stand")
page_after_asked.connect(page_after, dispatch_uid="lead on to what an attempt finished")

write_with_care()
