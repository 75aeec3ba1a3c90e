from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('course', '0006_write_long_lists_in_the_background'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='reminder',
            name='reminders_of_a_group',
        ),
        migrations.RenameField(
            model_name='reminder',
            old_name='asked_at',
            new_name='requested_at',
        ),
        migrations.RenameField(
            model_name='reminder',
            old_name='asked_by',
            new_name='requested_by',
        ),
        migrations.RenameField(
            model_name='rosterupload',
            old_name='asked_at',
            new_name='requested_at',
        ),
        migrations.RenameField(
            model_name='rosterupload',
            old_name='confirmed_at',
            new_name='finished_at',
        ),
        migrations.AlterField(
            model_name='rosterupload',
            name='finished_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='finished at'),
        ),
        migrations.RenameField(
            model_name='rosterupload',
            old_name='shown',
            new_name='fingerprint',
        ),
        migrations.AlterField(
            model_name='rosterupload',
            name='fingerprint',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='cardprint',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='cardprint',
            name='seen_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last seen at work'),
        ),
        migrations.AddField(
            model_name='cardprint',
            name='started_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='begun at'),
        ),
        migrations.AddField(
            model_name='paperprint',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='paperprint',
            name='started_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='begun at'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='seen_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last seen at work'),
        ),
        migrations.AddField(
            model_name='rosterupload',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='rosterupload',
            name='started_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='begun at'),
        ),
        migrations.AlterField(
            model_name='cardprint',
            name='fingerprint',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='paperprint',
            name='fingerprint',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['cohort', '-requested_at'], name='reminders_of_a_group'),
        ),
    ]
