"""One service's status, read once a minute for all its entities."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator, UpdateFailed

from .api import Site, SiteError
from .const import CONF_SERVICE, CONF_SITE, DOMAIN, POLL_EVERY

_LOGGER = logging.getLogger(__name__)

BrownoutEntry: TypeAlias = "ConfigEntry[StatusCoordinator]"


class StatusCoordinator(DataUpdateCoordinator[dict[str, Any]]):
    """Reads the status of one service."""

    config_entry: BrownoutEntry

    def __init__(self, hass: HomeAssistant, entry: BrownoutEntry) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title, update_interval=POLL_EVERY)
        self._site = Site(async_get_clientsession(hass), entry.data[CONF_SITE], hass.config.language)

    async def _async_update_data(self) -> dict[str, Any]:
        try:
            return await self._site.status(self.config_entry.data[CONF_SERVICE])
        except SiteError as error:
            raise UpdateFailed(str(error)) from error


class StatusEntity(CoordinatorEntity[StatusCoordinator]):
    """What the entities of a service share. `key` names one among them."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: StatusCoordinator, key: str) -> None:
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.unique_id}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, str(entry.unique_id))},
            name=entry.title,
            manufacturer="Brownout",
            entry_type=DeviceEntryType.SERVICE,
            configuration_url=f"{entry.data[CONF_SITE]}/{entry.data[CONF_SERVICE]}/",
        )

    @property
    def is_known(self) -> bool:
        """Whether the site knows how the service does: silence and old numbers are no all-clear."""
        return self.coordinator.data["verdict"] != "unknown" and self.coordinator.data["stale"] is False
