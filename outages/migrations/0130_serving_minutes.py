from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0109_disputes")]

    operations = [
        migrations.CreateModel(
            name="ServingMinute",
            fields=[("minute", models.DateTimeField(primary_key=True, serialize=False))],
        ),
    ]
