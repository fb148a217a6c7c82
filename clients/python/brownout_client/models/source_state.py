from enum import StrEnum


class SourceState(StrEnum):
    BLOCKED = "blocked"
    FINE = "fine"
    NOT_CONFIGURED = "not_configured"
    OFF = "off"
    OWN_ERROR = "own_error"
    SILENT = "silent"
    SLOW = "slow"
    UNREACHABLE = "unreachable"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
