#!/usr/bin/env python3
"""Django's command line for Brownout."""

import os
import sys

from config.env import SettingError
from config.logs import survive_odd_terminals


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    survive_odd_terminals()
    try:
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
