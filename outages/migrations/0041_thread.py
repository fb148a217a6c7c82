"""What a post belongs to in its source."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0040_moderation")]
    operations = [
        migrations.AddField(
            "announcement",
            "thread",
            models.CharField(
                blank=True, default="", help_text="What it belongs to in its source, if anything.", max_length=300
            ),
            preserve_default=False,
        ),
    ]
