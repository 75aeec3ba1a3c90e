from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0005_tell_a_merger_from_a_correction")]

    operations = [
        migrations.AddField(
            model_name="certificatebatch",
            name="with_expired",
            field=models.BooleanField(default=False, verbose_name="also those that have expired"),
        ),
    ]
