from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0006_say_whether_expired_ones_are_printed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='certificatebatch',
            name='fingerprint',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='certificatebatch',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='language'),
        ),
    ]
