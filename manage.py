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
    except Exception as error:
        if "--traceback" in sys.argv or not is_for_operator(error):
            raise
        from config.local.prepare import plain

        sys.exit(f"{plain(error)}\nAdd --traceback to see where it happened.")


def is_for_operator(error: Exception) -> bool:
    """Return whether it is the database that is away, refuses or has other tables; all else is a fault of ours."""
    from django.db import OperationalError
    from psycopg import errors

    wrong = (errors.UndefinedTable, errors.UndefinedColumn, errors.InsufficientPrivilege)
    return isinstance(error, OperationalError) or isinstance(error.__cause__, wrong)


if __name__ == "__main__":
    main()
