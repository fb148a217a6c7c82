from enum import StrEnum


class ScopesEnum(StrEnum):
    NOTICESMANAGE = "notices:manage"
    READ = "read"
    REPORTSWRITE = "reports:write"

    def __str__(self) -> str:
        return str(self.value)
