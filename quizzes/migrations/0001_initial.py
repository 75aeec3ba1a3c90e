
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import modelsearch.index
import quizzes.kinds
import uuid
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('quiz_key', models.UUIDField(db_index=True, verbose_name='quiz')),
                ('paper', models.JSONField(verbose_name='paper')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started at')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('grade', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='grade')),
                ('passed', models.BooleanField(blank=True, null=True, verbose_name='passed')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
            },
        ),
        migrations.CreateModel(
            name='AnswerWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_key', models.UUIDField(verbose_name='question')),
                ('client', models.CharField(max_length=40, verbose_name='client')),
                ('number', models.PositiveBigIntegerField(verbose_name='number')),
                ('response', models.JSONField(verbose_name='response')),
                ('given_at', models.DateTimeField(help_text="Corrected to the server's clock.", verbose_name='given at')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='writes', to='quizzes.attempt')),
            ],
            options={
                'verbose_name': 'write of an answer',
                'verbose_name_plural': 'writes of answers',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question_key', models.UUIDField(verbose_name='question')),
                ('response', models.JSONField(verbose_name='response')),
                ('fraction', models.DecimalField(blank=True, decimal_places=5, max_digits=7, null=True, verbose_name='points')),
                ('write', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='quizzes.answerwrite')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='quizzes.attempt')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('identifier', models.CharField(help_text='Stays the same for ever, such as M1-Q5.', max_length=40, verbose_name='identifier')),
                ('kind', models.CharField(choices=quizzes.kinds.choices, default='single', max_length=20, verbose_name='kind')),
                ('text', models.TextField(verbose_name='question')),
                ('feedback', models.TextField(blank=True, help_text='Shown to everyone after the attempt. [S42] points to source 42.', verbose_name='general feedback')),
                ('needs_checking', models.BooleanField(default=False, help_text='Shows «not verified» beside the feedback.', verbose_name='holds something to check locally')),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'abstract': False,
            },
            bases=(modelsearch.index.Indexed, wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('identifier', models.CharField(blank=True, max_length=40, verbose_name='identifier')),
                ('text', models.TextField(verbose_name='text')),
                ('match', models.TextField(blank=True, help_text='Only for matching: the right-hand side.', verbose_name='goes with')),
                ('is_correct', models.BooleanField(default=False, verbose_name='correct')),
                ('feedback', models.TextField(blank=True, help_text='Why this option is right, or why it is not.', verbose_name='feedback')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('question', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='quizzes.question')),
            ],
            options={
                'verbose_name': 'option',
                'verbose_name_plural': 'options',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Quiz',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('identifier', models.SlugField(help_text='Part of the address; stays the same.', max_length=40, verbose_name='identifier')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('intro', models.TextField(blank=True, verbose_name='introduction')),
                ('warning', models.TextField(blank=True, help_text='Shown before the quiz begins: that of its module, if it has one.', verbose_name='content warning')),
                ('pass_mark', models.PositiveSmallIntegerField(default=80, help_text='Per cent of the points.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='pass mark')),
                ('shuffle_options', models.BooleanField(default=True, verbose_name='shuffle the options')),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'quiz',
                'verbose_name_plural': 'quizzes',
                'abstract': False,
            },
            bases=(modelsearch.index.Indexed, wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='QuizQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='quizzes.question', verbose_name='question')),
                ('quiz', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='quizzes.quiz')),
            ],
            options={
                'verbose_name': 'question of the quiz',
                'verbose_name_plural': 'questions of the quiz',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('identifier', models.CharField(help_text='As texts refer to it, such as S42.', max_length=20, verbose_name='number')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('publisher', models.CharField(blank=True, max_length=300, verbose_name='author or publisher')),
                ('year', models.CharField(blank=True, max_length=40, verbose_name='year')),
                ('address', models.URLField(blank=True, max_length=500, verbose_name='web address')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
                'abstract': False,
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.AddField(
            model_name='question',
            name='sources',
            field=modelcluster.fields.ParentalManyToManyField(blank=True, related_name='questions', to='quizzes.source', verbose_name='sources'),
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('identifier', models.SlugField(max_length=60, verbose_name='identifier')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='quizzes.topic', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'abstract': False,
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.AddField(
            model_name='question',
            name='topic',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='quizzes.topic', verbose_name='topic'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['learner', 'quiz_key', 'passed', 'grade'], name='attempt_outcomes'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('submitted_at', None)), fields=('learner', 'quiz_key'), name='one_open_attempt_per_learner_and_quiz'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grade', None), ('passed', None), ('submitted_at', None)), models.Q(('grade__isnull', False), ('passed__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='grade_and_submission_go_together'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('grade', None), models.Q(('grade__gte', 0), ('grade__lte', 100)), _connector='OR'), name='a_grade_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='answerwrite',
            constraint=models.UniqueConstraint(fields=('attempt', 'question_key', 'client', 'number'), name='a_repeated_write_is_one_write'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(fields=['question_key', 'fraction', 'attempt'], name='answer_item_statistics'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('attempt', 'question_key'), name='one_answer_per_attempt_and_question'),
        ),
        migrations.AlterUniqueTogether(
            name='choice',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.UniqueConstraint(fields=('locale', 'identifier'), name='a_quiz_is_listed_once_per_language'),
        ),
        migrations.AlterUniqueTogether(
            name='quiz',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='quizquestion',
            constraint=models.UniqueConstraint(fields=('quiz', 'question'), name='a_question_stands_once_in_a_quiz'),
        ),
        migrations.AlterUniqueTogether(
            name='quizquestion',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.UniqueConstraint(fields=('locale', 'identifier'), name='a_source_is_listed_once_per_language'),
        ),
        migrations.AlterUniqueTogether(
            name='source',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('locale', 'identifier'), name='a_topic_is_listed_once_per_language'),
        ),
        migrations.AlterUniqueTogether(
            name='topic',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('locale', 'identifier'), name='a_question_is_listed_once_per_language'),
        ),
        migrations.AlterUniqueTogether(
            name='question',
            unique_together={('translation_key', 'locale')},
        ),
    ]
