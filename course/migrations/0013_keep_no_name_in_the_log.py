from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("course", "0012_name_people_of_the_log_by_key")]

    operations = [
        migrations.RemoveField(model_name="auditentry", name="by_name"),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", None), ("by_somebody", True), _connector="OR"),
                name="what_a_person_did_was_done_by_somebody",
            ),
        ),
    ]
