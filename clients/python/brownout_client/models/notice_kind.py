from enum import StrEnum


class NoticeKind(StrEnum):
    CHALLENGE = "challenge"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    DISABLED = "disabled"
    MAINTENANCE = "maintenance"
    OPENED = "opened"
    OWNER = "owner"
    RESOLVED = "resolved"
    TEST = "test"

    def __str__(self) -> str:
        return str(self.value)
