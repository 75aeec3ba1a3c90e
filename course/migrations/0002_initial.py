import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('course', '0001_initial'),
        ('modules', '0001_initial'),
        ('quizzes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='digest of what is tried')),
                ('account', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='digest of the account')),
                ('whole_at', models.DateTimeField(db_index=True, verbose_name='whole again at')),
                ('waits_until', models.DateTimeField(verbose_name='waits until')),
            ],
            options={
                'verbose_name': 'budget of tries',
                'verbose_name_plural': 'budgets of tries',
            },
        ),
        migrations.CreateModel(
            name='DigestKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('encrypted_key', models.CharField(max_length=300)),
            ],
            options={
                'verbose_name': 'key of digests',
                'verbose_name_plural': 'keys of digests',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False, verbose_name='worker')),
                ('began_at', models.DateTimeField(verbose_name='begun at')),
                ('seen_at', models.DateTimeField(db_index=True, verbose_name='last seen at work')),
            ],
            options={
                'verbose_name': 'sign of life',
                'verbose_name_plural': 'signs of life',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='when')),
                ('by_somebody', models.BooleanField(default=True, verbose_name='somebody did it')),
                ('action', models.CharField(max_length=40, verbose_name='what')),
                ('subject', models.CharField(blank=True, max_length=320, verbose_name='about')),
                ('people', models.PositiveIntegerField(blank=True, null=True, verbose_name='people')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'entry of the audit list',
                'verbose_name_plural': 'audit list',
            },
        ),
        migrations.CreateModel(
            name='AuditedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='about', to='course.auditentry', verbose_name='entry')),
            ],
            options={
                'verbose_name': 'person of the audit list',
                'verbose_name_plural': 'people of the audit list',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('opens_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='opens on')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('join_code', models.CharField(blank=True, max_length=12, verbose_name='code to join')),
                ('tries_before_help', models.PositiveSmallIntegerField(default=2, help_text='After so many, the person is on the list of whom to call.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='attempts without passing')),
                ('quiet_days_before_help', models.PositiveSmallIntegerField(default=14, help_text='After so many, learners who have started are listed as people to call.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days without activity')),
                ('days_before_first_step', models.PositiveSmallIntegerField(default=7, help_text='After so many, learners who have not started are listed as people to call.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days without a first step')),
                ('sends_reminders', models.BooleanField(default=False, help_text='People to call who have an e-mail address get a reminder, at most once a week.', verbose_name='reminders by e-mail without being asked')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='course.clinic', verbose_name='clinic')),
                ('trainers', models.ManyToManyField(blank=True, related_name='cohorts_trained', to=settings.AUTH_USER_MODEL, verbose_name='trainers')),
            ],
            options={
                'verbose_name': 'group',
                'verbose_name_plural': 'groups',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='auditentry',
            name='cohort',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='course.cohort', verbose_name='group'),
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('enrolled_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enrolled at')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left at')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='course.cohort', verbose_name='group')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'enrolment',
                'verbose_name_plural': 'enrolments',
            },
        ),
        migrations.AddField(
            model_name='cohort',
            name='learners',
            field=models.ManyToManyField(related_name='cohorts', through='course.Enrolment', to=settings.AUTH_USER_MODEL, verbose_name='learners'),
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='handed over at')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='course.cohort', verbose_name='group')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed over by')),
                ('taken_by', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed over to')),
            ],
            options={
                'verbose_name': 'handover',
                'verbose_name_plural': 'handovers',
                'ordering': ['-given_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested at')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last seen at work')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('params', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(max_length=64)),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='total')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='problem')),
                ('result', models.JSONField(default=dict)),
                ('file', models.BinaryField(blank=True, null=True, verbose_name='file')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='course.cohort', verbose_name='group')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
            ],
            options={
                'verbose_name': 'background job',
                'verbose_name_plural': 'background jobs',
            },
        ),
        migrations.CreateModel(
            name='JobTitle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=120, unique=True)),
                ('title', models.CharField(max_length=120, verbose_name='job title')),
                ('role', models.CharField(choices=[('clinica', 'Medicine, nursing, psychology, social work'), ('labfar', 'Laboratory, pharmacy'), ('recepcion', 'Front desk, records, cashier'), ('apoyo', 'Guard, cleaning, maintenance, driver'), ('jefatura', 'Director, coordination, administration')], max_length=20, verbose_name='role in the health centre')),
                ('learned_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='learned at')),
                ('learned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='learned from')),
            ],
            options={
                'verbose_name': 'job title',
                'verbose_name_plural': 'job titles',
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cookie_digest', models.CharField(max_length=64, verbose_name='digest of its mark')),
                ('is_shared', models.BooleanField(verbose_name='shared by several people')),
                ('first_used_at', models.DateTimeField(verbose_name='first used at')),
                ('last_used_at', models.DateTimeField(verbose_name='used last at')),
                ('own_since', models.DateTimeField(blank=True, null=True, verbose_name='the person’s own since')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'known device',
                'verbose_name_plural': 'known devices',
            },
        ),
        migrations.CreateModel(
            name='PeopleSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sex_reason', models.CharField(blank=True, max_length=300, verbose_name='why the sex is asked')),
                ('phone_reason', models.CharField(blank=True, max_length=300, verbose_name='why the phone number is asked')),
            ],
            options={
                'verbose_name': 'what is asked of people',
                'verbose_name_plural': 'what is asked of people',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='what_is_asked_is_said_once')],
            },
        ),
        migrations.CreateModel(
            name='PersonAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(editable=False, unique=True, verbose_name='key')),
                ('epochs_ahead', models.IntegerField(default=0, editable=False, verbose_name='epochs ahead')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'alias of a person',
                'verbose_name_plural': 'aliases of people',
            },
        ),
        migrations.CreateModel(
            name='PersonIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cui', 'CUI or DPI'), ('employee', 'Employee number')], max_length=10, verbose_name='kind')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('ends_with', models.CharField(max_length=2, verbose_name='last two characters')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'number of a person',
                'verbose_name_plural': 'numbers of people',
            },
        ),
        migrations.CreateModel(
            name='PlanAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='place in the plan')),
                ('words', models.CharField(max_length=300, verbose_name='what will change')),
                ('point', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='point of the checklist')),
                ('post', models.CharField(max_length=80, verbose_name='who answers for it')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('agreed_on', models.DateField(verbose_name='agreed on')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('let_go', 'Let go')], max_length=10, verbose_name='outcome')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended on')),
                ('why_let_go', models.CharField(blank=True, max_length=300, verbose_name='why it was let go')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_actions', to='course.clinic', verbose_name='clinic')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'action of a plan',
                'verbose_name_plural': 'actions of plans',
                'ordering': ['agreed_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PlanReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('days', models.PositiveSmallIntegerField(verbose_name='review after how many days')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('answer', models.CharField(choices=[('done', 'Done'), ('partly', 'In part'), ('not', 'No')], max_length=10, verbose_name='answer')),
                ('obstacles', models.JSONField(default=list, verbose_name='what was in the way')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='in own words')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted at')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='course.planaction', verbose_name='action')),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
            ],
            options={
                'verbose_name': 'review of an action',
                'verbose_name_plural': 'reviews of actions',
                'ordering': ['days', 'number'],
            },
        ),
        migrations.CreateModel(
            name='RefresherCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finish_key', models.UUIDField(verbose_name='finishing')),
                ('week', models.PositiveSmallIntegerField(verbose_name='week')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refresher_cases', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'review done',
                'verbose_name_plural': 'reviews done',
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('reason', models.CharField(choices=[('pin', 'Wrong PIN or password'), ('step', 'Wrong code of the second step'), ('wait', 'Tried again before the wait was over'), ('key', 'The PIN cannot be read: its key is missing'), ('page', 'No permission'), ('seal', 'What was done without a line cannot be opened: its key is missing'), ('form', 'Form out of date or sent by another site')], max_length=4, verbose_name='reason')),
                ('device', models.CharField(choices=[('known', 'Known device'), ('unknown', 'Unknown device')], max_length=7, verbose_name='device')),
                ('place', models.CharField(blank=True, max_length=43, verbose_name='network')),
                ('page', models.CharField(blank=True, max_length=100, verbose_name='page')),
                ('hour', models.DateTimeField(db_index=True, verbose_name='hour')),
                ('times', models.PositiveIntegerField(default=0, verbose_name='times')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'refusal',
                'verbose_name_plural': 'refusals',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested at')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last seen at work')),
                ('finish_key', models.UUIDField(blank=True, null=True, verbose_name='finishing')),
                ('week', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='week')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next try at')),
                ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='begun at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                ('problem', models.CharField(blank=True, choices=[('refused', 'The mail server refused it.'), ('server', 'The mail server did not take it, however often it was tried.'), ('unsure', 'The line broke while it was being sent: it may have arrived.'), ('address', 'The person has no e-mail address any more.'), ('confirm', 'The person has not confirmed the e-mail address.'), ('stopped', 'The person wants no e-mail.'), ('left', 'The person is not in the group any more, or the group is closed.'), ('finished', 'There was nothing left for the person to do.'), ('early', 'The person had one in the seven days before.')], max_length=10, verbose_name='problem')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='course.cohort', verbose_name='group')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
            },
        ),
        migrations.CreateModel(
            name='Restart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('since', models.DateField(verbose_name='from which day on what is done counts')),
                ('modules', models.JSONField(default=list, verbose_name='modules that are done again')),
                ('also_unfinished', models.BooleanField(default=False, verbose_name='also those who have not finished it yet')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='restarts', to='course.cohort', verbose_name='group')),
                ('learner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='restarts', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'refresher',
                'verbose_name_plural': 'refreshers',
                'ordering': ['-started_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RosterUpload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('brought_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='brought at')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name of the file')),
                ('rows', models.JSONField(verbose_name='rows')),
                ('sheets', models.JSONField(default=list, verbose_name='sheets')),
                ('chosen', models.JSONField(default=dict, verbose_name='mended')),
                ('columns', models.JSONField(default=dict, verbose_name='columns')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('outcome', models.JSONField(default=dict, verbose_name='outcome')),
                ('brought_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='brought by')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='course.cohort', verbose_name='group')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='course.job')),
            ],
            options={
                'verbose_name': 'list of staff',
                'verbose_name_plural': 'lists of staff',
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('held_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='date')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('modules', models.JSONField(default=list, verbose_name='modules')),
                ('counts_for', models.JSONField(blank=True, default=list, verbose_name='counts for')),
                ('minutes', models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MinValueValidator(5)], verbose_name='length in minutes')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('open_until', models.DateTimeField(blank=True, null=True, verbose_name='people sign in with the QR until')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made at')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='course.cohort', verbose_name='group')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ['-held_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PaperSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='code')),
                ('printed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='printed at')),
                ('keyed_at', models.DateTimeField(blank=True, null=True, verbose_name='keyed in at')),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper_sheet', to='quizzes.attempt', verbose_name='attempt')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_sheets', to='course.cohort', verbose_name='group')),
                ('keyed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='keyed in by')),
                ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='printed by')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='paper_sheets', to='course.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'answer sheet',
                'verbose_name_plural': 'answer sheets',
            },
        ),
        migrations.CreateModel(
            name='HandsCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scenario', models.CharField(max_length=60, verbose_name='scenario')),
                ('step', models.CharField(blank=True, max_length=60, verbose_name='step')),
                ('hands', models.JSONField(verbose_name='hands')),
                ('total', models.PositiveSmallIntegerField(verbose_name='hands in all')),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='counted at')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hands', to='course.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'count of hands',
                'verbose_name_plural': 'counts of hands',
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('tapped', 'Ticked by the trainer'), ('qr', 'With the QR on the wall')], max_length=10, verbose_name='how')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='noted at')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='course.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendances',
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('browser', models.CharField(blank=True, max_length=30, verbose_name='browser')),
                ('system', models.CharField(blank=True, max_length=30, verbose_name='system')),
                ('form', models.CharField(blank=True, choices=[('phone', 'phone'), ('tablet', 'tablet'), ('computer', 'computer'), ('', 'device of an unknown kind')], max_length=10, verbose_name='kind of device')),
                ('is_shared', models.BooleanField(verbose_name='shared by several people')),
                ('is_new', models.BooleanField(verbose_name='first time on the device')),
                ('session_key', models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ending', models.CharField(blank=True, choices=[('out', 'signed out'), ('idle', 'closed after a while without activity'), ('limit', 'closed because it had lasted long enough'), ('elsewhere', 'closed from another session'), ('pin', 'closed because the PIN or password changed')], max_length=10, verbose_name='how it ended')),
                ('notified_at', models.DateTimeField(blank=True, null=True, verbose_name='told at')),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='course.knowndevice', verbose_name='device')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
            },
        ),
        migrations.CreateModel(
            name='StartingPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='starting_pin', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'starting PIN',
                'verbose_name_plural': 'starting PINs',
            },
        ),
        migrations.CreateModel(
            name='SurveyLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('wave', models.CharField(choices=[('pre', 'Before the course'), ('post', 'On finishing'), ('seg', 'Three months later')], max_length=4, verbose_name='wave')),
                ('people', models.PositiveIntegerField(verbose_name='people who answered')),
                ('figures', models.JSONField(verbose_name='figures')),
                ('closed_on', models.DateField(verbose_name='closed on')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_lots', to='course.area', verbose_name='health area')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_lots', to='course.clinic', verbose_name='clinic')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modules.edition', verbose_name='edition')),
                ('wording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.surveywording', verbose_name='wording')),
            ],
            options={
                'verbose_name': 'lot of answers',
                'verbose_name_plural': 'lots of answers',
            },
        ),
        migrations.CreateModel(
            name='SurveyPassed',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wave', models.CharField(choices=[('pre', 'Before the course'), ('post', 'On finishing'), ('seg', 'Three months later')], max_length=4, verbose_name='wave')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modules.edition', verbose_name='edition')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys_passed', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'survey page passed',
                'verbose_name_plural': 'survey pages passed',
            },
        ),
        migrations.CreateModel(
            name='SurveyRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('wave', models.CharField(choices=[('pre', 'Before the course'), ('post', 'On finishing'), ('seg', 'Three months later')], max_length=4, verbose_name='wave')),
                ('public_key', models.BinaryField(max_length=32)),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('emptied_on', models.DateField(blank=True, null=True, verbose_name='emptied on')),
                ('tried_with', models.PositiveIntegerField(default=0, verbose_name='envelopes when it was last tried')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='survey_rounds', to='course.clinic', verbose_name='clinic')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='modules.edition', verbose_name='edition')),
                ('lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='course.surveylot', verbose_name='lot')),
                ('wording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quizzes.surveywording', verbose_name='wording')),
            ],
            options={
                'verbose_name': 'round of the survey',
                'verbose_name_plural': 'rounds of the survey',
            },
        ),
        migrations.CreateModel(
            name='SurveyPaperBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('sheets', models.PositiveSmallIntegerField(verbose_name='sheets')),
                ('keyed_on', models.DateField(verbose_name='keyed in on')),
                ('collected_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='collected by')),
                ('keyed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='keyed in by')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='course.surveyround', verbose_name='round of the survey')),
            ],
            options={
                'verbose_name': 'batch of sheets',
                'verbose_name_plural': 'batches of sheets',
            },
        ),
        migrations.CreateModel(
            name='SurveyEnvelope',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='course.surveyround', verbose_name='round of the survey')),
            ],
            options={
                'verbose_name': 'sealed answer',
                'verbose_name_plural': 'sealed answers',
            },
        ),
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(choices=[('pin_given', 'A new PIN was given'), ('card_made', 'A card with a PIN was made'), ('password_given', 'A new password was given'), ('merged', 'Another account was merged into this one'), ('pin_chosen', 'You chose a PIN or password'), ('address', 'The e-mail address was changed'), ('confirmed', 'The e-mail address was confirmed'), ('second_step', 'The second step of sign-in was removed'), ('closed', 'All other sessions were closed'), ('own_file', 'The file with all that is kept was fetched')], max_length=20, verbose_name='what')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='account_changes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'change of an account',
                'verbose_name_plural': 'changes of accounts',
                'indexes': [models.Index(fields=['person', '-at'], name='changes_of_an_account')],
            },
        ),
        migrations.CreateModel(
            name='CentreHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('named_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='named at')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='heads', to='course.clinic', verbose_name='clinic')),
                ('named_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='named by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='centres_headed', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'head of a centre',
                'verbose_name_plural': 'heads of centres',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('clinic', 'person'), name='a_head_is_named_once')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made at')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='course.cohort', verbose_name='group')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'indexes': [models.Index(fields=['learner', '-made_at'], name='last_call_of_a_learner')],
            },
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['cohort', '-at'], name='audit_list_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('by', None), ('by_somebody', True), _connector='OR'), name='what_a_person_did_was_done_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('learner', 'cohort'), name='one_current_enrolment_per_learner_and_group'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('closes_on', None), ('closes_on__gte', models.F('opens_on')), _connector='OR'), name='a_group_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.UniqueConstraint(condition=models.Q(('join_code', ''), _negated=True), fields=('join_code',), name='a_code_to_join_belongs_to_one_group'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['cohort', 'kind', '-requested_at'], name='jobs_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('fingerprint',), name='one_unfinished_job_per_request'),
        ),
        migrations.AddConstraint(
            model_name='knowndevice',
            constraint=models.UniqueConstraint(fields=('person', 'cookie_digest'), name='a_device_is_known_once_to_each_person'),
        ),
        migrations.AddConstraint(
            model_name='personidentifier',
            constraint=models.UniqueConstraint(fields=('kind', 'digest'), name='a_number_belongs_to_one_person'),
        ),
        migrations.AddConstraint(
            model_name='personidentifier',
            constraint=models.UniqueConstraint(fields=('person', 'kind'), name='a_person_has_one_number_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='planaction',
            constraint=models.UniqueConstraint(fields=('clinic', 'place'), name='a_place_of_a_plan_has_one_open_action'),
        ),
        migrations.AddConstraint(
            model_name='planaction',
            constraint=models.CheckConstraint(condition=models.Q(('place', None), ('place__range', (1, 3)), _connector='OR'), name='a_plan_has_three_places'),
        ),
        migrations.AddConstraint(
            model_name='planaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('outcome', ''), ('place__isnull', False)), models.Q(('ended_on__isnull', False), ('place', None), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='an_action_has_a_place_until_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='planaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'let_go'), _negated=True), models.Q(('why_let_go', ''), _negated=True), _connector='OR'), name='who_lets_an_action_go_says_why'),
        ),
        migrations.AddConstraint(
            model_name='planreview',
            constraint=models.UniqueConstraint(fields=('action', 'days', 'number'), name='reviews_of_an_action_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='planreview',
            constraint=models.CheckConstraint(condition=models.Q(('days__in', (30, 90))), name='actions_are_reviewed_after_30_and_90_days'),
        ),
        migrations.AddConstraint(
            model_name='refreshercase',
            constraint=models.UniqueConstraint(fields=('learner', 'finish_key', 'week'), name='a_case_of_a_week_is_done_once'),
        ),
        migrations.AddConstraint(
            model_name='refreshercase',
            constraint=models.CheckConstraint(condition=models.Q(('week__in', (1, 4, 8))), name='cases_come_in_weeks_1_4_and_8'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['learner', '-sent_at'], name='last_reminder_of_a_learner'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['cohort', '-requested_at'], name='reminders_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('failed_at', None), ('sent_at', None), ('week', None)), fields=('learner',), name='one_reminder_waits_for_a_person'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('week__isnull', False)), fields=('learner', 'finish_key', 'week'), name='of_each_case_one_letter_at_most'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('failed_at', None), _connector='OR'), name='a_reminder_is_sent_or_given_up_and_not_both'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failed_at', None), ('problem', '')), models.Q(('failed_at__isnull', False), models.Q(('problem', ''), _negated=True)), _connector='OR'), name='when_and_why_a_reminder_was_given_up_go_together'),
        ),
        migrations.AddConstraint(
            model_name='papersheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('keyed_at', None), ('keyed_by', None)), models.Q(('keyed_at__isnull', False), ('keyed_by__isnull', False)), _connector='OR'), name='who_keyed_a_sheet_and_when_go_together'),
        ),
        migrations.AddConstraint(
            model_name='handscount',
            constraint=models.UniqueConstraint(fields=('session', 'scenario', 'step'), name='hands_are_counted_once_a_step'),
        ),
        migrations.AddConstraint(
            model_name='handscount',
            constraint=models.CheckConstraint(condition=models.Q(('total__gte', 10)), name='hands_are_kept_from_ten_up'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('session', 'learner'), name='a_person_attends_a_session_once'),
        ),
        migrations.AddIndex(
            model_name='signin',
            index=models.Index(fields=['person', '-at'], name='sign_ins_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ending', '')), models.Q(('ended_at__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='when_and_how_a_session_ended_go_together'),
        ),
        migrations.AddConstraint(
            model_name='surveylot',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 10)), name='a_lot_has_ten_people_or_more'),
        ),
        migrations.AddConstraint(
            model_name='surveylot',
            constraint=models.UniqueConstraint(condition=models.Q(('clinic__isnull', False)), fields=('clinic', 'edition', 'wave'), name='a_clinic_is_counted_once_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='surveypassed',
            constraint=models.UniqueConstraint(fields=('person', 'edition', 'wave'), name='a_person_passes_a_wave_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyround',
            constraint=models.UniqueConstraint(condition=models.Q(('clinic__isnull', False)), fields=('clinic', 'edition', 'wave'), name='a_clinic_has_one_round_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='surveyround',
            constraint=models.UniqueConstraint(condition=models.Q(('clinic__isnull', True), ('closed_on__isnull', True)), fields=('edition', 'wave', 'wording'), name='the_country_has_one_open_round_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='surveyround',
            constraint=models.CheckConstraint(condition=models.Q(('lot__isnull', True), ('closed_on__isnull', False), _connector='OR'), name='only_closed_rounds_are_counted'),
        ),
        migrations.AddConstraint(
            model_name='surveypaperbatch',
            constraint=models.CheckConstraint(condition=models.Q(('collected_by__isnull', True), ('keyed_by__isnull', True), models.Q(('collected_by', models.F('keyed_by')), _negated=True), _connector='OR'), name='who_collects_sheets_does_not_key_them_in'),
        ),
    ]
