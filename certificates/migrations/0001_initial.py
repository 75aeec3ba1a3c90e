import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import uuid
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0098_apitoken'),
        ('wagtailimages', '0027_image_description'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PrintedImage',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='SHA-256')),
                ('content_type', models.CharField(max_length=40, verbose_name='type')),
                ('width', models.PositiveIntegerField(verbose_name='width')),
                ('height', models.PositiveIntegerField(verbose_name='height')),
                ('content', models.BinaryField(verbose_name='content')),
            ],
            options={
                'verbose_name': 'image of certificates',
                'verbose_name_plural': 'images of certificates',
            },
        ),
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('site', models.CharField(blank=True, max_length=300, verbose_name='address of the site')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer')),
            ],
            options={
                'verbose_name': 'status list',
                'verbose_name_plural': 'status lists',
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(help_text='As in the QR: no dashes.', max_length=20, unique=True, verbose_name='code')),
                ('course_key', models.UUIDField(verbose_name='course')),
                ('edition', models.PositiveIntegerField(verbose_name='edition of the course')),
                ('record_key', models.UUIDField(editable=False, verbose_name='record of training')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='issued at')),
                ('awarded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='awarded at')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('printed', models.JSONField(verbose_name='printed fields')),
                ('sort_key', models.CharField(db_index=True, max_length=320)),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='SHA-256 of the PDF')),
                ('credential', models.TextField(blank=True, verbose_name='credential')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='issuer of the credential')),
                ('names_holder', models.BooleanField(default=False, verbose_name='the credential names the person')),
                ('status_index', models.PositiveIntegerField(blank=True, null=True, verbose_name='place in the status list')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of the facts')),
                ('digest_signature', models.CharField(blank=True, max_length=128, verbose_name='signature of the digest')),
                ('digest_key', models.CharField(blank=True, max_length=100, verbose_name='key that signed the digest')),
                ('replaced_at', models.DateTimeField(blank=True, null=True, verbose_name='replaced at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('revocation_reason', models.CharField(blank=True, max_length=300, verbose_name='reason of the revocation')),
                ('learner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='certificates', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='certificates.certificate', verbose_name='replaces')),
                ('status_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='certificates.statuslist', verbose_name='status list')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
            },
        ),
        migrations.CreateModel(
            name='CertificateDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(help_text='For editors; not printed.', max_length=100, verbose_name='name')),
                ('paper_size', models.CharField(choices=[('letter', 'Letter'), ('A4', 'A4')], default='letter', max_length=10, verbose_name='paper')),
                ('border', models.CharField(choices=[('all', 'All eight in turn'), ('1', 'Door'), ('2', 'Law'), ('3', 'Secret'), ('4', 'Care'), ('5', 'Listening'), ('6', 'Limit'), ('7', 'Net'), ('8', 'Sowing')], default='all', max_length=3, verbose_name='motif of the border')),
                ('palette', models.CharField(choices=[('weave', 'The colours of the weave'), ('indigo', 'Indigo'), ('cochineal', 'Cochineal'), ('jade', 'Jade')], default='weave', max_length=10, verbose_name='colours of the border')),
                ('heading', models.CharField(max_length=80, verbose_name='heading')),
                ('statement', models.CharField(help_text='Follows the name. Certify completion, never attitudes.', max_length=120, verbose_name='what is certified')),
                ('subject', models.CharField(max_length=200, verbose_name='what the course is about')),
                ('text', models.TextField(blank=True, help_text='Empty: the content, the length and the date.', max_length=400, verbose_name='further lines')),
                ('issuer', models.CharField(max_length=200, verbose_name='issued by')),
                ('validity_months', models.PositiveSmallIntegerField(blank=True, help_text='In months; empty: for ever. Issued certificates do not change.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='valid for')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'certificate design',
                'verbose_name_plural': 'certificate designs',
                'abstract': False,
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='CertificateEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issued', 'Issued'), ('corrected', 'Corrected'), ('revoked', 'Revoked'), ('printed', 'Printed'), ('merged', 'Replaced when two accounts were merged')], max_length=10, verbose_name='what')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by_somebody', models.BooleanField(default=True, verbose_name='somebody did it')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='certificates.certificate', verbose_name='certificate')),
            ],
            options={
                'verbose_name': 'event of a certificate',
                'verbose_name_plural': 'events of certificates',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('origin', models.CharField(choices=[('confirming', 'While confirming the certificate'), ('own', 'On the learner’s certificate page'), ('holder', 'By a holder of the certificate')], max_length=10, verbose_name='where it was requested')),
                ('requested', models.JSONField(verbose_name='requested')),
                ('previous', models.JSONField(verbose_name='registered or printed then')),
                ('already_printed', models.BooleanField(default=False, verbose_name='small: printed already')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Not accepted')], max_length=10, verbose_name='decision')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('certificate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='correction_requests', to='certificates.certificate', verbose_name='certificate')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('learner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='correction_requests', to=settings.AUTH_USER_MODEL, verbose_name='learner')),
            ],
            options={
                'verbose_name': 'request for a correction',
                'verbose_name_plural': 'requests for corrections',
                'ordering': ['requested_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DesignLogo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('institution', models.CharField(help_text='Read aloud instead of the logo.', max_length=120, verbose_name='institution')),
                ('design', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='logos', to='certificates.certificatedesign')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='logo')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'logo',
                'verbose_name_plural': 'logos',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Signatory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('post', models.CharField(blank=True, max_length=120, verbose_name='post')),
                ('design', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatories', to='certificates.certificatedesign')),
                ('image', models.ForeignKey(blank=True, help_text='A scanned signature on white or on nothing. Empty: it is signed by hand.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailimages.image', verbose_name='signature')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'verbose_name': 'signatory',
                'verbose_name_plural': 'signatories',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='certificatedesign',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('locale',), name='one_design_in_use_per_language'),
        ),
        migrations.AlterUniqueTogether(
            name='certificatedesign',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddConstraint(
            model_name='certificateevent',
            constraint=models.CheckConstraint(condition=models.Q(('by', None), ('by_somebody', True), _connector='OR'), name='event_of_person_is_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='correctionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('certificate', None), ('decided_at', None)), fields=('learner',), name='one_open_request_before_certificate'),
        ),
        migrations.AddConstraint(
            model_name='correctionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='decision_and_decided_at_together'),
        ),
        migrations.AddConstraint(
            model_name='correctionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('learner__isnull', False), ('certificate__isnull', False), _connector='OR'), name='request_has_learner_or_certificate'),
        ),
        migrations.AlterUniqueTogether(
            name='designlogo',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AlterUniqueTogether(
            name='signatory',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('replaced_at__isnull', False), ('revoked_at__isnull', False), _connector='OR'), fields=['status_list', 'status_index'], name='revoked_status_indexes'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['awarded_at'], name='certificates_by_award_day'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('revoked_at__isnull', False)), fields=['revoked_at'], name='revoked_certificates_by_day'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('learner__isnull', False), ('replaced_at', None), ('revoked_at', None)), fields=('learner', 'course_key', 'edition'), name='one_live_certificate_per_learner_and_edition'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='unique_status_list_index'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status_index', None), ('status_list', None)), models.Q(('status_index__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='status_list_and_index_together'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revocation_reason', ''), ('revoked_at', None)), models.Q(('revoked_at__isnull', False), models.Q(('revocation_reason', ''), _negated=True)), _connector='OR'), name='revocation_has_reason'),
        ),
    ]
