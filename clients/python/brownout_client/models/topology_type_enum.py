from enum import StrEnum


class TopologyTypeEnum(StrEnum):
    TOPOLOGY = "Topology"

    def __str__(self) -> str:
        return str(self.value)
