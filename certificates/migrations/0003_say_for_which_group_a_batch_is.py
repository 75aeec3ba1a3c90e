from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_correct_annul_and_print_together")]

    operations = [
        migrations.AddField(
            model_name="certificatebatch",
            name="group_key",
            field=models.CharField(blank=True, db_index=True, default="", max_length=60, verbose_name="group"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="certificatebatch",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last seen at work"),
        ),
        migrations.AddField(
            model_name="certificatebatch",
            name="delivery_list",
            field=models.BinaryField(blank=True, null=True, verbose_name="delivery list"),
        ),
    ]
