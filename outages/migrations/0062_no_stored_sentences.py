from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("outages", "0061_sentences_to_codes")]

    operations = [
        migrations.RemoveField(model_name="incidentevent", name="text"),
        migrations.RemoveField(model_name="incidentevent", name="words"),
    ]
