from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0080_any_channel")]

    operations = [
        migrations.AddField(
            "subscription",
            "language",
            # The database's own default, too: the program before this one, which knows no language, must go on writing.
            models.CharField(max_length=10, default="en", db_default="en", help_text="A tag: what its alerts are in."),
        ),
    ]
