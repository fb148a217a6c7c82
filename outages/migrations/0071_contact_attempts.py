from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0070_scan_failures")]

    operations = [
        # Earlier versions stored whatever a source gave as a link.
        migrations.RunSQL(
            "UPDATE outages_announcement SET url = '' WHERE url <> '' AND url !~* '^https?://[^[:space:]]+$'",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            "subscription",
            "owner_confirmed_at",
            models.DateTimeField(null=True, help_text="Until then the owner is told of nothing."),
        ),
        migrations.AlterField(
            "delivery",
            "kind",
            models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("confirmed", "confirmed"),
                    ("changed", "changed materially"),
                    ("resolved", "resolved, or otherwise over"),
                    ("maintenance", "maintenance"),
                    ("challenge", "proof of ownership"),
                    ("test", "test"),
                    ("disabled", "word to the owner of a disabled subscription"),
                    ("owner", "question to a webhook's owner"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target_hash", models.BinaryField(max_length=32)),
                ("asker", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["target_hash", "at"], name="contacts_by_target"),
                    models.Index(fields=["asker", "at"], name="contacts_by_asker"),
                    models.Index(fields=["at"], name="contacts_by_age"),
                ],
            },
        ),
    ]
