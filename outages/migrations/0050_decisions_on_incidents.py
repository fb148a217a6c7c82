from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outages", "0042_looked_until")]

    operations = [
        migrations.AlterModelOptions(
            name="incidentoverride",
            options={
                "ordering": ("-id",),
                "verbose_name": "decision on an incident",
                "verbose_name_plural": "decisions on incidents",
            },
        ),
    ]
