"""Whether there is an outage, for automations."""

from __future__ import annotations

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import IN_TROUBLE
from .coordinator import BrownoutEntry, StatusCoordinator, StatusEntity


async def async_setup_entry(
    hass: HomeAssistant, entry: BrownoutEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensor of a service."""
    async_add_entities([OutageSensor(entry.runtime_data)])


class OutageSensor(StatusEntity, BinarySensorEntity):
    """On in an outage, off where all is known to be well. Where nobody knows it is unavailable: off would be an
    all-clear."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM

    def __init__(self, coordinator: StatusCoordinator) -> None:
        super().__init__(coordinator, "outage")

    @property
    def available(self) -> bool:
        return super().available and self.is_known

    @property
    def is_on(self) -> bool:
        return self.coordinator.data["verdict"] in IN_TROUBLE
