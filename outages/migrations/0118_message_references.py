from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0099_subscription_language")]

    operations = [
        migrations.AddField(
            "delivery",
            "reference",
            # The database's own default, too: the program before this one, which knows no references, must go on writing.
            models.CharField(
                max_length=255, blank=True, default="", db_default="", help_text="The chat's own name of the message."
            ),
        ),
    ]
