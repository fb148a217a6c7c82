"""Changes of incidents, one event each."""

from __future__ import annotations

from typing import Any

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BrownoutEntry, StatusCoordinator, StatusEntity

OVER = "over"
STATES = ["possible", "confirmed", "recovering", "maintenance", OVER]


async def async_setup_entry(
    hass: HomeAssistant, entry: BrownoutEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of a service."""
    async_add_entities([IncidentEvent(entry.runtime_data)])


class IncidentEvent(StatusEntity, EventEntity):
    """An incident was opened, has another state, or is no longer open. What was so before the start is not told."""

    _attr_event_types = STATES

    def __init__(self, coordinator: StatusCoordinator) -> None:
        super().__init__(coordinator, "incident")
        self._states = _states(coordinator.data)

    @callback
    def _handle_coordinator_update(self) -> None:
        if not self.coordinator.last_update_success or self.coordinator.data["stale"]:
            super()._handle_coordinator_update()
            return  # old numbers end no incident
        now = _states(self.coordinator.data)
        changed = {number: state for number, state in now.items() if self._states.get(number) != state}
        changed |= {number: OVER for number in self._states if number not in now}
        self._states = now
        for number, state in sorted(changed.items()):
            if state in STATES:
                self._trigger_event(state, self._details(number))
                self.async_write_ha_state()
        super()._handle_coordinator_update()

    def _details(self, number: int) -> dict[str, Any]:
        said = self.coordinator.data
        url = str(said.get("url", "")).rstrip("/")
        return {"number": number, "sentence": said.get("sentence", ""), "url": f"{url}/incidents/{number}"}


def _states(status: dict[str, Any]) -> dict[int, str]:
    return {incident["number"]: incident["state"] for incident in status.get("incidents", ())}
