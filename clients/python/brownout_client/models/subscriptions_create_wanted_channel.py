from enum import StrEnum


class SubscriptionsCreateWantedChannel(StrEnum):
    ALERTMANAGER = "alertmanager"
    AUTO = "auto"
    DISCORD = "discord"
    GOOGLE_CHAT = "google_chat"
    MAIL = "mail"
    MATRIX = "matrix"
    MATTERMOST = "mattermost"
    NTFY = "ntfy"
    PAGERDUTY = "pagerduty"
    PUSH = "push"
    SLACK = "slack"
    TEAMS = "teams"
    TELEGRAM = "telegram"
    TEMPLATE = "template"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
