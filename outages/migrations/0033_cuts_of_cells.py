"""What each rule cut, by cell."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0030_live")]
    operations = [
        migrations.AddField("minutecount", "cuts", models.JSONField(default=dict)),
    ]
