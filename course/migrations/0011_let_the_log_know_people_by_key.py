import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("course", "0010_forget_pins_of_the_published_key")]

    operations = [
        migrations.CreateModel(
            name="AuditedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="about", to="course.auditentry", verbose_name="entry")),
                ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="person")),
            ],
            options={
                "verbose_name": "person of the audit list",
                "verbose_name_plural": "people of the audit list",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="auditentry",
            name="by_somebody",
            field=models.BooleanField(default=True, verbose_name="somebody did it"),
        ),
        # So that the way back finds something to begin with.
        migrations.AlterField(
            model_name="auditentry",
            name="by_name",
            field=models.CharField(default="", max_length=320, verbose_name="name"),
        ),
    ]
