from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0078_perturbed_counts")]

    operations = [migrations.AlterField("endpoint", "channel", models.CharField(max_length=16))]
