from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('modules', '0002_remember_the_structure'),
    ]

    operations = [
        migrations.AddField(
            model_name='lessonpage',
            name='plain_language_reason',
            field=models.TextField(blank=True, help_text='Only if the lesson stays below «fairly easy»: the reason, for who reviews it.', verbose_name='why it is not easier to read'),
        ),
    ]
