"""What this app does when something happens in the CMS: one line each."""

from django.db.models.signals import pre_save
from django.dispatch import receiver
from wagtail.signals import page_published

from .editing import repeat_warning
from .models import CoursePage, LessonPage, ModulePage
from .naming import give_stable_key


@receiver(pre_save, sender=CoursePage)
@receiver(pre_save, sender=ModulePage)
@receiver(pre_save, sender=LessonPage)
def name_new_page(instance, raw=False, **kwargs):
    if not raw:
        give_stable_key(instance)


@receiver(page_published, sender=ModulePage)
def repeat_warning_in_quiz(instance, **kwargs):
    repeat_warning(instance)
