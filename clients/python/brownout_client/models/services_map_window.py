from enum import StrEnum


class ServicesMapWindow(StrEnum):
    VALUE_0 = "1h"
    VALUE_1 = "24h"
    VALUE_2 = "30m"
    VALUE_3 = "6h"
    VALUE_4 = "7d"

    def __str__(self) -> str:
        return str(self.value)
