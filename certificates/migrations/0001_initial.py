
import django.db.models.deletion
import django.utils.timezone
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
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(help_text='As in the QR: no dashes.', max_length=20, unique=True, verbose_name='code')),
                ('course_key', models.UUIDField(verbose_name='course')),
                ('edition', models.PositiveIntegerField(verbose_name='edition of the course')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='issued at')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('printed', models.JSONField(verbose_name='printed fields')),
                ('sort_key', models.CharField(db_index=True, max_length=320)),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='SHA-256 of the PDF')),
                ('learner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='certificates', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
                'constraints': [models.UniqueConstraint(condition=models.Q(('learner__isnull', False)), fields=('learner', 'course_key', 'edition'), name='one_live_certificate_per_learner_and_edition')],
            },
        ),
        migrations.CreateModel(
            name='CertificateDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(help_text='For editors; not printed.', max_length=100, verbose_name='name')),
                ('paper_size', models.CharField(choices=[('letter', 'Letter'), ('A4', 'A4')], default='letter', max_length=10, verbose_name='paper')),
                ('heading', models.CharField(max_length=80, verbose_name='heading')),
                ('statement', models.CharField(help_text='Follows the name. Certify completion, never attitudes.', max_length=120, verbose_name='what is certified')),
                ('subject', models.CharField(max_length=200, verbose_name='what the course is about')),
                ('issuer', models.CharField(max_length=200, verbose_name='issued by')),
                ('first_signatory', models.CharField(blank=True, max_length=120, verbose_name='first signatory')),
                ('first_signatory_post', models.CharField(blank=True, max_length=120, verbose_name='post of the first signatory')),
                ('second_signatory', models.CharField(blank=True, max_length=120, verbose_name='second signatory')),
                ('second_signatory_post', models.CharField(blank=True, max_length=120, verbose_name='post of the second signatory')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'certificate design',
                'verbose_name_plural': 'certificate designs',
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('locale',), name='one_design_in_use_per_language')],
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
    ]
