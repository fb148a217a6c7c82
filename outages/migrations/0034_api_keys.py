import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outages", "0033_cuts_of_cells"),
        ("reports", "0003_api_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="reports.apikey",
            ),
        ),
    ]
