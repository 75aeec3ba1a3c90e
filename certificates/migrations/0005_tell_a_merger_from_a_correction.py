from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_find_the_revoked_quickly")]

    operations = [
        migrations.AlterField(
            model_name="certificateevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("issued", "Issued"),
                    ("corrected", "Corrected"),
                    ("annulled", "Annulled"),
                    ("printed", "Printed"),
                    ("merged", "Replaced when two accounts were merged"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
    ]
