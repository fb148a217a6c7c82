"""Two steps: where the site is, and which of its services."""

from __future__ import annotations

from typing import Any

import voluptuous as vol
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .api import NoBrownoutError, Site, SiteError, site_of
from .const import CONF_SERVICE, CONF_SITE, DOMAIN


class BrownoutConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds one service of one site."""

    VERSION = 1

    def __init__(self) -> None:
        self._site = ""
        self._services: dict[str, str] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the site."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._site = site_of(user_input[CONF_SITE])
                session = async_get_clientsession(self.hass)
                self._services = await Site(session, self._site, self.hass.config.language).services()
            except NoBrownoutError:
                errors[CONF_SITE] = "no_brownout"
            except SiteError:
                errors[CONF_SITE] = "cannot_connect"
            else:
                if self._services:
                    return await self.async_step_service()
                errors[CONF_SITE] = "no_services"
        schema = vol.Schema({vol.Required(CONF_SITE): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))})
        shown = self.add_suggested_values_to_schema(schema, user_input)
        return self.async_show_form(step_id="user", data_schema=shown, errors=errors)

    async def async_step_service(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which service."""
        if user_input is not None:
            slug = user_input[CONF_SERVICE]
            await self.async_set_unique_id(f"{self._site}/{slug}")
            self._abort_if_unique_id_configured()
            data = {CONF_SITE: self._site, CONF_SERVICE: slug}
            return self.async_create_entry(title=self._services.get(slug, slug), data=data)
        options = [SelectOptionDict(value=slug, label=name) for slug, name in self._services.items()]
        select = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))
        return self.async_show_form(step_id="service", data_schema=vol.Schema({vol.Required(CONF_SERVICE): select}))
