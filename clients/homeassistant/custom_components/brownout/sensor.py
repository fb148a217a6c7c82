"""The verdict, in words for automations and for people, and the reports of the last half hour."""

from __future__ import annotations

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import VERDICTS
from .coordinator import BrownoutEntry, StatusCoordinator, StatusEntity

TOLD = ("sentence", "ok", "stale", "as_of", "confidence", "expected_30m", "url")


async def async_setup_entry(
    hass: HomeAssistant, entry: BrownoutEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of a service."""
    async_add_entities([VerdictSensor(entry.runtime_data), ReportsSensor(entry.runtime_data)])


class VerdictSensor(StatusEntity, SensorEntity):
    """The verdict; its attributes say it in a sentence."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = VERDICTS

    def __init__(self, coordinator: StatusCoordinator) -> None:
        super().__init__(coordinator, "verdict")

    @property
    def native_value(self) -> str:
        return str(self.coordinator.data["verdict"])

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        return {name: self.coordinator.data[name] for name in TOLD if name in self.coordinator.data}


class ReportsSensor(StatusEntity, SensorEntity):
    """Reports of the last half hour; nothing where nobody counted."""

    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, coordinator: StatusCoordinator) -> None:
        super().__init__(coordinator, "reports")

    @property
    def native_value(self) -> int | None:
        count = self.coordinator.data.get("reports_30m")
        return count if self.is_known and isinstance(count, int) else None
