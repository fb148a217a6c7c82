from enum import StrEnum


class ChannelEnum(StrEnum):
    MAIL = "mail"
    PUSH = "push"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
