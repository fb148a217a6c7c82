"""The former name of `python -m config.local.embedded`, for scripts of before; it goes with the next release."""

import sys

from config.local.embedded.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
