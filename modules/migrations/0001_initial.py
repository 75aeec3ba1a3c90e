
import django.db.models.deletion
import django.utils.timezone
import modules.models
import uuid
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('quizzes', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CoursePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('subtitle', models.CharField(blank=True, max_length=200, verbose_name='subtitle')),
                ('intro', wagtail.fields.StreamField([('text', 0)], blank=True, block_lookup={0: ('modules.blocks.TextBlock', (), {})}, verbose_name='introduction')),
                ('minutes', models.PositiveSmallIntegerField(default=120, help_text='Of the whole course.', verbose_name='minutes')),
                ('edition', models.PositiveSmallIntegerField(default=1, help_text='Raise it to issue new certificates; what people have finished still counts.', verbose_name='edition')),
                ('close_to_me', wagtail.fields.StreamField([('text', 0)], blank=True, block_lookup={0: ('modules.blocks.TextBlock', (), {})}, help_text='Part of every lesson.', verbose_name='«This touches me closely»')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
            },
            bases=(modules.models.OpenToTheCourse, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='LessonPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('minutes', models.PositiveSmallIntegerField(default=2, verbose_name='minutes')),
                ('warning', models.TextField(blank=True, verbose_name='content warning')),
                ('body', wagtail.fields.StreamField([('text', 0), ('key_message', 1), ('role_tips', 2), ('do_avoid', 9), ('figure', 13), ('scenario', 29), ('quiz', 30), ('checklist', 33), ('directory', 36), ('callout', 38), ('reflection', 41)], blank=True, block_lookup={0: ('modules.blocks.TextBlock', (), {}), 1: ('modules.blocks.KeyMessageBlock', (), {}), 2: ('modules.blocks.RoleTipsBlock', (), {}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'required': False}), 4: ('modules.blocks.LineBlock', (), {'label': 'Do'}), 5: ('modules.blocks.LineBlock', (), {'label': 'Avoid'}), 6: ('modules.blocks.LineBlock', (), {'label': 'Why', 'required': False}), 7: ('wagtail.blocks.StructBlock', [[('do', 4), ('avoid', 5), ('why', 6)]], {}), 8: ('wagtail.blocks.ListBlock', (7,), {'label': 'Rows', 'min_num': 1}), 9: ('wagtail.blocks.StructBlock', [[('title', 3), ('rows', 8)]], {}), 10: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('porton', 'Gate'), ('ventanilla', 'Window'), ('expediente', 'Folder'), ('sala', 'Waiting room'), ('puerta', 'Door'), ('taza', 'Cup'), ('telefono', 'Telephone'), ('libreta', 'Booklet'), ('balanza', 'Scales'), ('mesa', 'Table')], 'label': 'Drawing'}), 11: ('wagtail.blocks.CharBlock', (), {'label': 'In words, for who does not see it'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'required': False}), 13: ('wagtail.blocks.StructBlock', [[('drawing', 10), ('alt', 11), ('caption', 12)]], {}), 14: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stays the same, such as M1-E1.', 'label': 'Identifier'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'Title'}), 16: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('clinica', 'Medicine, nursing, psychology, social work'), ('labfar', 'Laboratory, pharmacy'), ('recepcion', 'Front desk, records, cashier'), ('apoyo', 'Guard, cleaning, maintenance, driver'), ('jefatura', 'Director, coordination, administration')], 'label': 'Role'}), 17: ('wagtail.blocks.CharBlock', (), {'label': 'Content warning', 'required': False}), 18: ('wagtail.blocks.CharBlock', (), {'help_text': 'Choices lead to it by this name.', 'label': 'Name of the step'}), 19: ('modules.blocks.LineBlock', (), {'label': 'What happens'}), 20: ('modules.blocks.LineBlock', (), {'label': 'What one does or says'}), 21: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('best', 'Best'), ('partial', 'Partly'), ('harmful', 'Harmful')], 'label': 'How good it is'}), 22: ('modules.blocks.LineBlock', (), {'label': 'What happens', 'required': False}), 23: ('modules.blocks.LineBlock', (), {'label': 'Feedback'}), 24: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the scenario ends here.', 'label': 'Leads to the step', 'required': False}), 25: ('wagtail.blocks.StructBlock', [[('text', 20), ('rating', 21), ('consequence', 22), ('feedback', 23), ('next', 24)]], {}), 26: ('wagtail.blocks.ListBlock', (25,), {'label': 'Choices', 'min_num': 2}), 27: ('wagtail.blocks.StructBlock', [[('name', 18), ('text', 19), ('choices', 26)]], {}), 28: ('wagtail.blocks.ListBlock', (27,), {'label': 'Steps', 'min_num': 1}), 29: ('wagtail.blocks.StructBlock', [[('identifier', 14), ('title', 15), ('role', 16), ('warning', 17), ('steps', 28)]], {}), 30: ('modules.blocks.QuizBlock', (), {}), 31: ('modules.blocks.LineBlock', (), {'label': 'Point'}), 32: ('wagtail.blocks.ListBlock', (31,), {'label': 'Points', 'min_num': 1}), 33: ('wagtail.blocks.StructBlock', [[('title', 15), ('items', 32)]], {}), 34: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('salud_general', 'General health care'), ('its_vih_pruebas', 'STI and HIV: tests and treatment'), ('prep_pep', 'PrEP and PEP'), ('anticoncepcion', 'Contraception'), ('violencia_sexual', 'Sexual violence: care'), ('salud_mental', 'Mental health'), ('atencion_trans', 'Care for trans people'), ('legal_acompanamiento', 'Legal help and company'), ('denuncia_ddhh', 'Complaints about rights'), ('denuncia_penal', 'Reporting a crime'), ('proteccion_ninez', 'Protection of children'), ('trata', 'Human trafficking'), ('refugio', 'Shelter'), ('lideresas_pares', 'Organised sex workers'), ('consumo_sustancias', 'Alcohol and other drugs'), ('mujeres_privadas_libertad', 'Women in prison')], 'label': 'Need'}), 35: ('wagtail.blocks.ListBlock', (34,), {'label': 'Needs', 'min_num': 1}), 36: ('wagtail.blocks.StructBlock', [[('title', 15), ('needs', 35)]], {}), 37: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('note', 'Note'), ('legal', 'Legal note'), ('warning', 'Content warning')], 'label': 'Kind'}), 38: ('wagtail.blocks.StructBlock', [[('kind', 37), ('title', 15), ('text', 0)]], {}), 39: ('modules.blocks.LineBlock', (), {'label': 'Prompt'}), 40: ('modules.blocks.LineBlock', (), {'label': 'Feedback', 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('prompt', 39), ('feedback', 40)]], {})}, verbose_name='body')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
            bases=(modules.models.OpenToTheCourse, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='LoadedContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifier', models.CharField(max_length=100, verbose_name='identifier')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('digest', models.CharField(max_length=64)),
                ('loaded_at', models.DateTimeField(auto_now=True, verbose_name='loaded at')),
            ],
            options={
                'verbose_name': 'loaded content',
                'verbose_name_plural': 'loaded content',
                'constraints': [models.UniqueConstraint(fields=('identifier', 'language'), name='content_is_loaded_once_per_language')],
            },
        ),
        migrations.CreateModel(
            name='ModulePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('subtitle', models.CharField(blank=True, max_length=200, verbose_name='subtitle')),
                ('summary', models.CharField(blank=True, max_length=300, verbose_name='summary')),
                ('minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes')),
                ('warning', models.TextField(blank=True, verbose_name='content warning')),
                ('notice', models.TextField(blank=True, help_text='Such as the legal note.', verbose_name='notice on every lesson')),
                ('objectives', wagtail.fields.StreamField([('line', 0)], blank=True, block_lookup={0: ('modules.blocks.LineBlock', (), {'help_text': '[S42] points to source 42, [VL] shows «not verified», [[estigma]] explains a glossary term.', 'label': 'Line'})}, verbose_name='objectives')),
                ('key_messages', wagtail.fields.StreamField([('line', 0)], blank=True, block_lookup={0: ('modules.blocks.LineBlock', (), {'help_text': '[S42] points to source 42, [VL] shows «not verified», [[estigma]] explains a glossary term.', 'label': 'Line'})}, verbose_name='key messages')),
                ('role_tips', wagtail.fields.StreamField([('tip', 2)], blank=True, block_lookup={0: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('clinica', 'Medicine, nursing, psychology, social work'), ('labfar', 'Laboratory, pharmacy'), ('recepcion', 'Front desk, records, cashier'), ('apoyo', 'Guard, cleaning, maintenance, driver'), ('jefatura', 'Director, coordination, administration')], 'label': 'Role'}), 1: ('modules.blocks.LineBlock', (), {'label': 'Tip'}), 2: ('wagtail.blocks.StructBlock', [[('role', 0), ('tip', 1)]], {})}, verbose_name='tips by role')),
                ('quiz', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='modules', to='quizzes.quiz', verbose_name='quiz')),
            ],
            options={
                'verbose_name': 'module',
                'verbose_name_plural': 'modules',
            },
            bases=(modules.models.OpenToTheCourse, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='GlossaryTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('identifier', models.SlugField(max_length=60, verbose_name='identifier')),
                ('term', models.CharField(max_length=120, verbose_name='term')),
                ('english', models.CharField(blank=True, max_length=120, verbose_name='in English')),
                ('definition', models.TextField(verbose_name='definition')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'glossary term',
                'verbose_name_plural': 'glossary terms',
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='LanguageEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('identifier', models.SlugField(max_length=60, verbose_name='identifier')),
                ('say', models.CharField(max_length=200, verbose_name='say')),
                ('avoid', models.CharField(max_length=200, verbose_name='avoid')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('sort_order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'line of the language guide',
                'verbose_name_plural': 'language guide',
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
        ),
        migrations.CreateModel(
            name='LessonRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lesson_key', models.UUIDField(verbose_name='lesson')),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='read at')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons_read', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'lesson read',
                'verbose_name_plural': 'lessons read',
                'constraints': [models.UniqueConstraint(fields=('learner', 'lesson_key'), name='a_lesson_is_read_once')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('identifier', models.SlugField(max_length=60, verbose_name='identifier')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('kind', models.CharField(blank=True, max_length=200, verbose_name='kind of organisation')),
                ('needs', models.JSONField(default=list, verbose_name='helps with')),
                ('population', models.CharField(blank=True, max_length=200, verbose_name='for whom')),
                ('area', models.CharField(blank=True, max_length=200, verbose_name='area')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='checked on')),
                ('checked_by', models.CharField(blank=True, max_length=120, verbose_name='checked by')),
                ('sort_order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('sources', models.ManyToManyField(blank=True, related_name='organisations', to='quizzes.source', verbose_name='sources')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('checked_by', ''), ('checked_on', None)), models.Q(('checked_on__isnull', False), models.Q(('checked_by', ''), _negated=True)), _connector='OR'), name='who_checked_and_when_go_together')],
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
    ]
