"""The former name of `python -m config.local.backup`, for what was written before; it goes with the next release."""

import sys

from config.local.backup import main

if __name__ == "__main__":
    sys.exit(main())
