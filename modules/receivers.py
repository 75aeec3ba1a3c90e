"""Signal receivers."""

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import DraftStateMixin, Page, Revision
from wagtail.signals import page_published, post_page_move, published, unpublished

from modules.models.pages import copy_warning_to_quiz
from modules.pictures.keeping import drop_picture
from modules.progress.following import change_scheduled, course_changed, quiz_closed
from modules.progress.training_record import (
    get_counting_since,
    get_pass_rule,
    get_referenced_lessons,
    get_woven_url,
    record_attempt,
)
from modules.rendering.practice import lessons_of_quizzes
from modules.rendering.road import get_quiz_place
from modules.rendering.teaching import find_cards
from modules.translating.kinds import TRANSLATED
from modules.translating.marking import mark_published
from modules.translating.outdated import languages_of_older
from modules.translating.phrases import write_with_care
from quizzes.models import Competency, Quiz
from quizzes.signals import (
    attempt_submitted,
    cards_requested,
    counting_since_requested,
    lesson_links_requested,
    lesson_texts_requested,
    next_page_requested,
    outdated_translations_requested,
    pass_rule_requested,
    quiz_place_requested,
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
from .page_ids import assign_page_id


@receiver(pre_save, sender=CoursePage)
@receiver(pre_save, sender=ModulePage)
@receiver(pre_save, sender=LessonPage)
def name_pages(instance, raw=False, **kwargs):
    if not raw:
        assign_page_id(instance)


@receiver(page_published, sender=ModulePage)
def update_warning_of_quiz(instance, **kwargs):
    copy_warning_to_quiz(instance)


# Their changes invalidate caches, but never need a new edition.
_NO_NEW_EDITION = (Worksheet, Edition, Voice, Photo, Recording, Film, Competency)


def renew_structure(sender=None, raw=False, **kwargs):
    StructureStamp.renew()
    if sender not in _NO_NEW_EDITION and not raw:
        course_changed(by=get_active_log_context().user)


# The caches that the stamp invalidates also have quizzes and worksheets that blocks link to, names of editions,
# competencies of scenes, and media, which must disappear as soon as a consent is withdrawn.
for model in (Page, CoursePage, ModulePage, LessonPage, Quiz, *_NO_NEW_EDITION):
    for signal in (post_save, post_delete):
        signal.connect(renew_structure, sender=model, dispatch_uid=f"renew structure {model.__name__}")
post_page_move.connect(renew_structure, dispatch_uid="renew structure")


@receiver(post_delete, sender=Photo)
def delete_picture_of_photo(instance, **kwargs):
    drop_picture(instance.image)


def delete_media_files(instance, **kwargs):
    instance.delete_files()


for model in (Recording, Film):
    post_delete.connect(delete_media_files, sender=model, dispatch_uid=f"delete files of {model.__name__}")


@receiver(unpublished, sender=Quiz)
def record_closed_quiz(instance, **kwargs):
    quiz_closed(instance)


@receiver(post_save, sender=Revision)
def record_scheduled_change(instance, raw=False, **kwargs):
    if instance.approved_go_live_at and not raw:
        change_scheduled(instance)


def mark_translated(instance, raw=False, **kwargs):
    if not raw:
        mark_published(instance, by=get_active_log_context().user, now=timezone.now())


@receiver(outdated_translations_requested)
def get_outdated_languages(rows, **kwargs):
    return languages_of_older(rows)


page_published.connect(mark_translated, dispatch_uid="mark translated page")
published.connect(mark_translated, dispatch_uid="mark translated snippet")
# Models without drafts are published by saving.
for translated in TRANSLATED.values():
    if not issubclass(translated.model, DraftStateMixin):
        name = translated.model.__name__
        post_save.connect(mark_translated, translated.model, dispatch_uid=f"mark translated {name}")

attempt_submitted.connect(record_attempt, dispatch_uid="record attempt")
pass_rule_requested.connect(get_pass_rule, dispatch_uid="get pass rule")
counting_since_requested.connect(get_counting_since, dispatch_uid="get counting since")
lesson_texts_requested.connect(lessons_of_quizzes, dispatch_uid="get lesson texts")
cards_requested.connect(find_cards, dispatch_uid="find cards")
lesson_links_requested.connect(get_referenced_lessons, dispatch_uid="get lesson links")
next_page_requested.connect(get_woven_url, dispatch_uid="get next page")
quiz_place_requested.connect(get_quiz_place, dispatch_uid="get quiz place")

write_with_care()
