"""What happened to certificates is known by keys, and of accounts that were deleted before no name is left beside them."""

import re
import unicodedata

from django.conf import settings
from django.db import migrations, models

ERASED = "La razón nombraba a la persona, y se borró con la cuenta."
GONE = "una cuenta que ya no existe"


def words_of(text):
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return {word for word in re.findall(r"\w+", plain) if len(word) > 2}


def forwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    events = apps.get_model("certificates", "CertificateEvent").objects.using(alias)
    events.filter(by=None, by_name="").update(by_somebody=False)
    certificates = apps.get_model("certificates", "Certificate").objects.using(alias)
    for pk, printed, reason in certificates.filter(learner=None).values_list("pk", "printed", "annulled_reason"):
        name = words_of(printed.get("name", ""))
        if name & words_of(reason):
            certificates.filter(pk=pk).update(annulled_reason=ERASED)
        for event, note in events.filter(certificate=pk).exclude(note="").values_list("pk", "note"):
            if name & words_of(note):
                events.filter(pk=event).update(note="")
    forget_batches(apps, alias)


def forget_batches(apps, alias):
    """Let batches go that name somebody who is gone: they can be made again."""
    app, user = settings.AUTH_USER_MODEL.split(".")
    there = set(apps.get_model(app, user).objects.using(alias).values_list("pk", flat=True))
    batches = apps.get_model("certificates", "CertificateBatch").objects.using(alias).exclude(finished_at=None)
    for pk, learners, left_out in batches.values_list("pk", "learners", "left_out"):
        if not {*learners, *(line["learner"] for line in left_out)} <= there:
            batches.filter(pk=pk).delete()


def backwards(apps, schema_editor):
    events = apps.get_model("certificates", "CertificateEvent").objects.using(schema_editor.connection.alias)
    for event in events.filter(by_somebody=True).select_related("by").iterator():
        name = GONE
        if event.by:
            name = f"{event.by.first_name} {event.by.last_name}".strip() or event.by.username
        events.filter(pk=event.pk).update(by_name=name[:320])


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0007_let_a_batch_be_a_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="certificateevent",
            name="by_somebody",
            field=models.BooleanField(default=True, verbose_name="somebody did it"),
        ),
        migrations.RunPython(forwards, backwards),
        migrations.RemoveField(model_name="certificateevent", name="by_name"),
        migrations.AddConstraint(
            model_name="certificateevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", None), ("by_somebody", True), _connector="OR"),
                name="what_a_person_did_to_one_was_done_by_somebody",
            ),
        ),
    ]
