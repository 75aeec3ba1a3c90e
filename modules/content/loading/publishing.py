"""Publishes snippets, new ones in bulk: one by one is slow."""

from django.db.models.signals import post_save
from django.utils import timezone
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.signals import published


def publish(row):
    row.save()
    row.save_revision().publish()


def publish_all(rows):
    """Publish rows of one model, new ones in bulk; signals and log entries are sent for each."""
    new = [row for row in rows if row.pk is None]
    for row in rows:
        if row.pk is not None:
            publish(row)
    if new:
        _publish_new(type(new[0]), new)


def _publish_new(model, rows):
    now, keys = timezone.now(), [field.name for field in model._meta.concrete_fields if field.remote_field]
    for row in rows:
        row.full_clean(exclude=keys, validate_unique=False, validate_constraints=False)
    # Before the rows have pks: later this would query the database.
    given = {
        field: [(row, part) for row in rows for part in getattr(row, name).all()]
        for field, name in [
            *((relation, relation.get_accessor_name()) for relation in get_all_child_relations(model)),
            *((field, field.name) for field in get_all_child_m2m_relations(model)),
        ]
    }
    model.objects.bulk_create(rows)
    parts = []
    for field, pairs in given.items():
        if field.many_to_many:
            _save_links(field, pairs)
        else:
            parts += field.related_model.objects.bulk_create(part for _row, part in pairs)
    for row, revision in zip(rows, Revision.objects.bulk_create(map(_revision_of, rows)), strict=True):
        row.latest_revision = row.live_revision = revision
        row.live, row.has_unpublished_changes = True, False
        row.first_published_at = row.last_published_at = now
    of_publishing = ("latest_revision", "live_revision", "first_published_at", "last_published_at")
    model.objects.bulk_update(rows, ["live", "has_unpublished_changes", *of_publishing], batch_size=100)
    for saved in [*parts, *(row.live_revision for row in rows), *rows]:
        post_save.send(type(saved), instance=saved, created=True, raw=False, using=saved._state.db, update_fields=None)
    for row in rows:
        published.send(sender=model, instance=row, revision=row.live_revision)
        log(instance=row, action="wagtail.publish", revision=row.live_revision, content_changed=True)


def _save_links(field, pairs):
    through, ours, theirs = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    through.objects.bulk_create(through(**{ours: row, theirs: linked}) for row, linked in pairs)


def _revision_of(row):
    return Revision(
        content_object=row,
        base_content_type=row.get_base_content_type(),
        created_at=timezone.now(),
        content=row.serializable_data(),
        object_str=str(row),
    )
