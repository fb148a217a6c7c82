from enum import StrEnum


class ObserverKindEnum(StrEnum):
    BROWSERS = "browsers"
    PROGRAM = "program"

    def __str__(self) -> str:
        return str(self.value)
