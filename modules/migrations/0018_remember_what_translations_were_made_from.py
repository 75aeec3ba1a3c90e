import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('modules', '0017_hold_photographs_recordings_and_films'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TranslatedFrom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField()),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('looked_at', models.DateTimeField(verbose_name='looked at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('revision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision')),
            ],
            options={
                'verbose_name': 'what a translation was made from',
                'verbose_name_plural': 'what translations were made from',
                'constraints': [models.UniqueConstraint(fields=('translation_key', 'language'), name='a_translation_was_made_from_one_text')],
            },
        ),
    ]
