import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def say_when_it_was_asked_for(apps, schema_editor):
    """What was sent before was asked for then; each gets a token of its own."""
    reminders = apps.get_model("course", "Reminder").objects
    # Each row once: PostgreSQL alters no table of which rows were changed twice in the same transaction.
    for key in reminders.values_list("pk", flat=True):
        reminders.filter(pk=key).update(asked_at=F("sent_at"), next_try_at=F("sent_at"), token=uuid.uuid4())


def leave_only_what_was_sent(apps, schema_editor):
    """The version before knows only reminders that were sent."""
    apps.get_model("course", "Reminder").objects.filter(sent_at=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('course', '0004_print_sheets_in_the_background'),
    ]

    operations = [
        migrations.AddField(
            model_name='cohort',
            name='sends_reminders',
            field=models.BooleanField(default=False, help_text='Whoever is on the list of whom to call and has an e-mail address gets a reminder, once a week at most.', verbose_name='reminders by e-mail without being asked'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='cohort',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='course.cohort', verbose_name='group'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for at'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='tries',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='tries'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='next_try_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='next try at'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='begun_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='begun at'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='failed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='given up at'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='problem',
            field=models.CharField(blank=True, choices=[('refused', 'The mail server refused it.'), ('server', 'The mail server did not take it, however often it was tried.'), ('unsure', 'The line broke while it was being sent: it may have arrived.'), ('address', 'The person has no e-mail address any more.'), ('stopped', 'The person wants no e-mail.'), ('left', 'The person is not in the group any more, or the group is closed.'), ('finished', 'There was nothing left for the person to do.'), ('early', 'The person had one in the seven days before.')], max_length=10, verbose_name='problem'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='token',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='sent_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sent at'),
        ),
        migrations.RunPython(say_when_it_was_asked_for, leave_only_what_was_sent),
        migrations.AlterField(
            model_name='reminder',
            name='token',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['cohort', '-asked_at'], name='reminders_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=('learner',), name='one_reminder_waits_for_a_person'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('failed_at', None), _connector='OR'), name='a_reminder_is_sent_or_given_up_and_not_both'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failed_at', None), ('problem', '')), models.Q(('failed_at__isnull', False), models.Q(('problem', ''), _negated=True)), _connector='OR'), name='when_and_why_a_reminder_was_given_up_go_together'),
        ),
    ]
