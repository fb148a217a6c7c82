"""Home Assistant's own test harness, with this integration."""

import pytest


@pytest.fixture(autouse=True)
def with_this_integration(enable_custom_integrations: None) -> None:
    """Load what stands in custom_components."""
