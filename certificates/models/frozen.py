"""Base model with fields that cannot change after the first save."""

import hashlib
import json

from django.db import models, router


class FrozenFieldsError(Exception):
    pass


def _refusal(model, what):
    return FrozenFieldsError(
        f"{model.__name__}: what was issued is not changed ({what}). A certificate is corrected or revoked."
    )


class FrozenQuerySet(models.QuerySet):
    def update(self, **values):
        self.model.refuse_fields(values)
        return super().update(**values)

    update.alters_data = True

    def bulk_create(self, objs, batch_size=None, *, update_fields=None, **kwargs):
        self.model.refuse_fields(update_fields or ())
        return super().bulk_create(objs, batch_size, update_fields=update_fields, **kwargs)

    def delete(self):
        self.model.refuse_deletion()
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class FrozenModel(models.Model):
    """Model whose fields in `FROZEN` cannot change; `HASHED` is {binary field: field with its SHA-256}."""

    FROZEN: frozenset[str] = frozenset()
    HASHED: dict[str, str] = {}
    MAY_BE_DELETED = False

    objects = FrozenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *, force_insert=False, force_update=False, using=None, update_fields=None):
        if self.pk is not None and not force_insert:
            self._refuse_changes(using or router.db_for_write(type(self), instance=self), update_fields)
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def delete(self, using=None, keep_parents=False):
        self.refuse_deletion()
        return super().delete(using=using, keep_parents=keep_parents)

    delete.alters_data = True

    @classmethod
    def refuse_fields(cls, names):
        key = {"pk", cls._meta.pk.name, cls._meta.pk.attname}
        fields = {name if name in key else cls._meta.get_field(name).name for name in names}
        if refused := fields & (cls.FROZEN | key):
            raise _refusal(cls, ", ".join(sorted(refused)))

    @classmethod
    def refuse_deletion(cls):
        if not cls.MAY_BE_DELETED:
            raise _refusal(cls, "deleted")

    def _refuse_changes(self, using, update_fields):
        # Deferred fields are not written, so they are not read either.
        written = [
            field
            for field in map(self._meta.get_field, sorted(self.FROZEN))
            if field.attname in self.__dict__
            and (update_fields is None or {field.name, field.attname} & set(update_fields))
        ]
        compared = {self.HASHED.get(field.name, field.attname) for field in written}
        row = models.QuerySet(type(self), using=using).filter(pk=self.pk).values(*compared).first()
        if row is None:
            return
        changed = [field.name for field in written if self._differs(field, row)]
        if changed:
            raise _refusal(type(self), ", ".join(changed))

    def _differs(self, field, row):
        own = getattr(self, field.attname)
        if hashed := self.HASHED.get(field.name):
            return hashlib.sha256(own).hexdigest() != row[hashed]
        stored = row[field.attname]
        if isinstance(field, models.JSONField):
            return json.dumps(own, sort_keys=True) != json.dumps(stored, sort_keys=True)
        return field.to_python(own) != stored
