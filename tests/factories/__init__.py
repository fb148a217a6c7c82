"""What tests set up: services by the catalogue's own loader, counts and incidents straight into their tables.

Nothing here is random: the same call makes the same rows.
"""

from .counts import MINUTE, Cell, cells, symptom_minutes, symptoms, watched
from .incidents import CODES, FAILING, PARAMS, a_post, a_term, an_incident
from .outages import an_outage
from .services import a_catalog, a_service

__all__ = [
    "CODES",
    "FAILING",
    "MINUTE",
    "PARAMS",
    "Cell",
    "a_catalog",
    "a_post",
    "a_service",
    "a_term",
    "an_incident",
    "an_outage",
    "cells",
    "symptom_minutes",
    "symptoms",
    "watched",
]
