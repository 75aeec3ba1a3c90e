
import course.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clinic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('municipality', models.CharField(blank=True, max_length=100, verbose_name='municipality')),
                ('department', models.CharField(blank=True, max_length=100, verbose_name='department')),
                ('sort_key', models.CharField(db_index=True, editable=False, max_length=320)),
            ],
            options={
                'verbose_name': 'clinic',
                'verbose_name_plural': 'clinics',
                'ordering': ['sort_key', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('name'), models.F('municipality'), models.F('department'), name='a_clinic_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('first_name', models.CharField(max_length=150, verbose_name='given names')),
                ('last_name', models.CharField(max_length=150, verbose_name='surnames')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(blank=True, choices=[('clinica', 'Medicine, nursing, psychology, social work'), ('labfar', 'Laboratory, pharmacy'), ('recepcion', 'Front desk, records, cashier'), ('apoyo', 'Guard, cleaning, maintenance, driver'), ('jefatura', 'Director, coordination, administration')], max_length=20, verbose_name='role in the health centre')),
                ('sort_key', models.CharField(db_index=True, editable=False, max_length=320)),
                ('must_choose_pin', models.BooleanField(default=False, verbose_name='must choose a PIN at the next sign-in')),
                ('is_demo', models.BooleanField(default=False, editable=False, help_text='Made to try the course out; never in production.', verbose_name='demo person')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='course.clinic', verbose_name='clinic')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
            },
            managers=[
                ('objects', course.models.PeopleManager()),
            ],
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('opens_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='opens on')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='course.clinic', verbose_name='clinic')),
                ('trainers', models.ManyToManyField(blank=True, related_name='cohorts_trained', to=settings.AUTH_USER_MODEL, verbose_name='trainers')),
            ],
            options={
                'verbose_name': 'group',
                'verbose_name_plural': 'groups',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(models.F('email'), condition=models.Q(('email', ''), _negated=True), name='an_email_belongs_to_one_person'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='a_user_code_is_one_persons_in_any_letter_case'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('learner', 'cohort'), name='one_current_enrolment_per_learner_and_group'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('closes_on', None), ('closes_on__gte', models.F('opens_on')), _connector='OR'), name='a_group_closes_after_it_opens'),
        ),
    ]
