"""Brownout: whether a service is down, by its users' reports, automatic checks and official announcements."""

from __future__ import annotations

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .coordinator import BrownoutEntry, StatusCoordinator

PLATFORMS = [Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: BrownoutEntry) -> bool:
    """Begin to read a service."""
    coordinator = StatusCoordinator(hass, entry)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BrownoutEntry) -> bool:
    """End it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
