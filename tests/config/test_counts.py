"""What counts are kept by loads no second client of Valkey beside the one that the product has."""

import subprocess
import sys
from pathlib import Path

ASKED = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
from outages.admin.sign_in import limiters
from reports.access.rate_limits import meter
meter(), limiters()
print([name for name in ("redis", "valkey") if name in sys.modules])
"""


def test_counts_are_kept_by_the_client_that_is_there_anyhow():
    asked = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert asked.stdout.strip() == "['redis']", asked.stdout + asked.stderr
