from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_reports_aside")]

    operations = [migrations.AddField("apikeylink", "opened_at", models.DateTimeField(null=True))]
