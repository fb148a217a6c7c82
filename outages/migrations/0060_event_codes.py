from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0052_state_names")]

    operations = [
        migrations.AddField(
            model_name="incidentevent",
            name="code",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="params",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
