"""Numbers at which reports are told, beside those that were counted."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Max, Min

WEIGHTS = bytes(weight for weight, times in enumerate((73, 133, 32, 14, 3, 1)) for _ in range(times))
BLOCK = 64
CELLS = ("perturbed", "perturbed_effective", "perturbed_working", "perturbed_recovered")

# Hours are the sums of their minutes.
HOURS = """
UPDATE outages_hourcount h SET perturbed = m.perturbed, perturbed_effective = m.effective,
       perturbed_working = m.working, perturbed_recovered = m.recovered
  FROM (SELECT service_id, date_trunc('hour', minute, 'UTC') AS hour, component_id, country, region,
               sum(perturbed) AS perturbed, sum(perturbed_effective) AS effective,
               sum(perturbed_working) AS working, sum(perturbed_recovered) AS recovered
          FROM outages_minutecount GROUP BY 1, 2, 3, 4, 5) m
 WHERE h.service_id = m.service_id AND h.hour = m.hour AND h.component_id = m.component_id
       AND h.country = m.country AND h.region = m.region
"""


def draw(reports: int, *cell: object) -> int:
    words, total = "\x1f".join(map(str, cell)).encode(), 0
    for block in range(-(-reports // BLOCK)):
        digest = blake2b(words, key=settings.SECRET_KEY.encode()[:64], salt=block.to_bytes(16)).digest()
        total += sum(digest[: reports - block * BLOCK].translate(WEIGHTS))
    return total


def fill(apps: Any, schema_editor: Any) -> None:
    """Draws the weights of what was counted before, a day at a time."""
    minute_count, symptom_count = (apps.get_model("outages", name) for name in ("MinuteCount", "SymptomCount"))
    for model in (minute_count, symptom_count):
        ends = model.objects.aggregate(first=Min("minute"), last=Max("minute"))
        day = ends["first"]
        while day is not None and day <= ends["last"]:
            rows = list(model.objects.filter(minute__gte=day, minute__lt=day + timedelta(days=1)))
            for row in rows:
                minute = int(row.minute.timestamp() // 60)
                if model is symptom_count:
                    row.perturbed = draw(row.raw, "symptom", row.service_id, minute, row.component_id, row.symptom_id)
                    continue
                place = (row.service_id, minute, row.component_id, row.country, row.region)
                row.perturbed = draw(row.raw, "problem", *place)
                row.perturbed_effective = row.effective * row.perturbed / row.raw if row.raw else 0.0
                row.perturbed_working = draw(row.working, "working", *place)
                row.perturbed_recovered = draw(row.recovered, "recovered", *place)
            model.objects.bulk_update(rows, ["perturbed"] if model is symptom_count else list(CELLS), batch_size=2000)
            day += timedelta(days=1)
    schema_editor.execute(HOURS)


def columns(model: str) -> list[migrations.AddField]:
    return [
        migrations.AddField(
            model, name, models.FloatField(default=0) if "effective" in name else models.PositiveIntegerField(default=0)
        )
        for name in CELLS
    ]


class Migration(migrations.Migration):
    dependencies = [("outages", "0071_contact_attempts")]

    operations = [
        *columns("minutecount"),
        *columns("hourcount"),
        migrations.AddField("symptomcount", "perturbed", models.PositiveIntegerField(default=0)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
