from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0041_thread")]

    operations = [
        migrations.AddField(
            "detectorstate",
            "looked_until",
            models.DateTimeField(
                help_text="The running minute was looked into up to here. It is not looked into again.", null=True
            ),
        ),
    ]
