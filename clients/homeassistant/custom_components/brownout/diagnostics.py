"""What to hand on with a question: the last status, and how the last reading went. There are no secrets in it."""

from __future__ import annotations

from typing import Any

from homeassistant.core import HomeAssistant

from .coordinator import BrownoutEntry


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: BrownoutEntry) -> dict[str, Any]:
    """Return the diagnostics of a service."""
    coordinator = entry.runtime_data
    error = coordinator.last_exception
    return {
        "entry": dict(entry.data),
        "last_reading": "well" if coordinator.last_update_success else str(error),
        "status": coordinator.data,
    }
