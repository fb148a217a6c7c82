"""The panels of the dashboards, one file each: from a question to its drawing, table and figure."""

from outages.web.charts.panels import delay, parts, probes, symptoms, volume, week

PANELS = {
    "volume": volume.read,
    "parts": parts.read,
    "symptoms": symptoms.read,
    "week": week.read,
    "probes": probes.read,
    "delay": delay.read,
}

__all__ = ["PANELS"]
