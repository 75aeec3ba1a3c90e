from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_say_for_which_group_a_batch_is")]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["status_list", "status_index"],
                condition=models.Q(replaced_at__isnull=False) | models.Q(annulled_at__isnull=False),
                name="revoked_places",
            ),
        ),
    ]
