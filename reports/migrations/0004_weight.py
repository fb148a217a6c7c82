"""What a report's sender had earned."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_api_keys")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE reports_report ADD COLUMN weight real NOT NULL DEFAULT 1",
            "ALTER TABLE reports_report DROP COLUMN weight",
        )
    ]
