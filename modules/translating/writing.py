"""What wagtail-localize makes of phrases: a draft, where by itself it would write over what people read.

It saves the page or the snippet itself even where it is to keep a draft, takes a public snippet off the course by that,
and begins a translation anew, with what the translated page names, of what somebody translated long ago.
"""

from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import DraftStateMixin, Page
from wagtail_localize.models import StringTranslation, Translation, post_save_string_translation

from modules.models import ReviewRequiredMixin
from modules.models.reviews import needed_reviews

from .marking import mark_copied

_write = Translation.save_target


def write_with_care():
    """Let everything that wagtail-localize writes be written by `save_target`, and no title fail for its length."""
    Translation.save_target = save_target
    post_save.disconnect(post_save_string_translation, sender=StringTranslation)
    post_save.connect(name_draft, sender=StringTranslation, dispatch_uid="name the draft of a translation")


def name_draft(instance, **kwargs):
    """Call the draft of a page as the phrase of its title: what is too long is refused when it is written into it."""
    if instance.context.path == "title":
        drafts = Page.objects.filter(translation_key=instance.context.object_id, locale_id=instance.locale_id)
        drafts.update(draft_title=instance.data[: Page._meta.get_field("draft_title").max_length])


def save_target(translation, user=None, publish=True):
    """Write the phrases into the text: as its draft where it has drafts, unless it is to be public and needs no review.

    What is translated as any other text stays as it is. Raises ValidationError for a phrase that can't stay.
    """
    row = _row_of(translation)
    if row is not None and getattr(row, "alias_of_id", None):
        # It has held the place of what stands below it, and does so until somebody publishes it.
        mark_copied(row, by=user, now=timezone.now())
        _write(translation, user=user, publish=publish and not _is_reviewed(row))
    elif row is None:
        _write(translation, user=user, publish=publish)
    elif not translation.enabled:
        return
    elif not isinstance(row, DraftStateMixin) or (publish and not _is_reviewed(row)):
        _write(translation, user=user, publish=publish)
    else:
        _write_draft(translation, row, user)


def _row_of(translation):
    with suppress(ObjectDoesNotExist):
        return translation.get_target_instance()
    return None


def _is_reviewed(row):
    return isinstance(row, ReviewRequiredMixin) and bool(needed_reviews(row))


def _write_draft(translation, row, user):
    refused = None
    with transaction.atomic():
        savepoint = transaction.savepoint_create()
        try:
            _write(translation, user=user, publish=False)
        except ValidationError as mistake:
            # Which phrase it is stays noted.
            refused = mistake
            transaction.savepoint_commit(savepoint)
        else:
            content = type(row).objects.get(pk=row.pk).latest_revision.content
            transaction.savepoint_rollback(savepoint)
            row.with_content_json(_without_new_keys(content, row)).save_revision(user=user)
    if refused:
        raise refused


def _without_new_keys(content, row):
    for relation in get_all_child_relations(type(row)):
        there = relation.related_model.objects.filter(**{relation.field.name: row}).values_list("pk", flat=True)
        known = set(there)
        for part in content.get(relation.get_accessor_name(), []):
            part["pk"] = part["pk"] if part["pk"] in known else None
    return content
