"""The former name of `python -m config.local.prepare`, for what was written before; it goes with the next release."""

import sys

from config.local.prepare import main

if __name__ == "__main__":
    sys.exit(main())
