"""Names and limits of the integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "brownout"
CONF_SITE: Final = "site"
CONF_SERVICE: Final = "service"
POLL_EVERY: Final = timedelta(seconds=60)  # most verdicts change with a whole minute
TIMEOUT_S: Final = 20
MOST_PAGES: Final = 10  # of services, 200 each
MOST_BYTES: Final = 2_000_000
VERDICTS: Final = ["ok", "possible", "confirmed", "recovering", "maintenance", "unknown"]
IN_TROUBLE: Final = frozenset({"possible", "confirmed", "recovering"})
