from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The crowd: services and places known, reports taken in."""

    name = "reports"
    verbose_name = "Reports"
