from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0062_no_stored_sentences")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="attribution",
            field=models.JSONField(blank=True, default=dict, help_text="Whose fault it seems to be, why, and numbers."),
        ),
    ]
