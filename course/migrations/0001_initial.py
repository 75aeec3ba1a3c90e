import course.models.people
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('password', models.CharField(max_length=300, verbose_name='password')),
                ('first_name', models.CharField(max_length=150, verbose_name='given names')),
                ('last_name', models.CharField(max_length=150, verbose_name='surnames')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail address')),
                ('confirmed_email', models.EmailField(blank=True, default='', editable=False, max_length=254, verbose_name='address that was confirmed')),
                ('confirmation_asked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='asked to confirm at')),
                ('role', models.CharField(blank=True, choices=[('clinica', 'Medicine, nursing, psychology, social work'), ('labfar', 'Laboratory, pharmacy'), ('recepcion', 'Front desk, records, cashier'), ('apoyo', 'Guard, cleaning, maintenance, driver'), ('jefatura', 'Director, coordination, administration')], max_length=20, verbose_name='role in the health centre')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='job title')),
                ('sex', models.CharField(blank=True, choices=[('woman', 'Woman'), ('man', 'Man'), ('other', 'Other')], max_length=10, verbose_name='sex')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone number')),
                ('sort_key', models.CharField(db_index=True, editable=False, max_length=320)),
                ('comfort', models.CharField(blank=True, editable=False, max_length=60, verbose_name='how the pages look')),
                ('must_choose_pin', models.BooleanField(default=False, verbose_name='must choose a PIN at the next sign-in')),
                ('offline_epoch', models.PositiveIntegerField(default=0, editable=False, verbose_name='epoch of the devices')),
                ('delivered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='a device delivered at')),
                ('reminders_stopped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='asked for no reminders at')),
                ('is_demo', models.BooleanField(default=False, editable=False, help_text='Made to try the course out; never in production.', verbose_name='demo person')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
            },
            managers=[
                ('objects', course.models.people.PeopleManager()),
            ],
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('sort_key', models.CharField(db_index=True, editable=False, max_length=320)),
                ('leads', models.ManyToManyField(blank=True, related_name='areas_led', to=settings.AUTH_USER_MODEL, verbose_name='area leads')),
            ],
            options={
                'verbose_name': 'health area',
                'verbose_name_plural': 'health areas',
                'ordering': ['sort_key', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Clinic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('municipality', models.CharField(blank=True, max_length=100, verbose_name='municipality')),
                ('department', models.CharField(blank=True, max_length=100, verbose_name='department')),
                ('sort_key', models.CharField(db_index=True, editable=False, max_length=320)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clinics', to='course.area', verbose_name='health area')),
            ],
            options={
                'verbose_name': 'clinic',
                'verbose_name_plural': 'clinics',
                'ordering': ['sort_key', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('name'), models.F('municipality'), models.F('department'), name='a_clinic_is_listed_once')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='clinic',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='course.clinic', verbose_name='clinic'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='people_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(models.F('email'), condition=models.Q(('email', ''), _negated=True), name='an_email_belongs_to_one_person'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='a_user_code_is_one_persons_in_any_letter_case'),
        ),
    ]
