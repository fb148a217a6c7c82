from enum import StrEnum


class SubscriptionsCreateWantedChannel(StrEnum):
    MAIL = "mail"
    PUSH = "push"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
