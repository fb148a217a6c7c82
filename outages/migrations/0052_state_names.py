from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outages", "0050_decisions_on_incidents")]

    operations = [
        migrations.RenameField("incidentevent", "frm", "from_state"),
        migrations.RenameField("incidentevent", "to", "to_state"),
        migrations.RenameField("incidentoverride", "to", "to_state"),
    ]
