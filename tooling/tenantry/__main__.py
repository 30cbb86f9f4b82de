"""Lets ``python -m tenantry`` do what the command ``tenantry`` does."""

import sys

from tenantry.cli import run

if __name__ == "__main__":
    sys.exit(run())
