from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("modules", "0009_make_the_first_edition")]

    operations = [migrations.RemoveField(model_name="coursepage", name="edition")]
