"""Runs the program of the selected stack. Pulumi's language host starts this folder."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # Pulumi knows the folder, Python must know the package

from infra.haste import hasten  # noqa: E402 - found there
from infra.stacks import run  # noqa: E402

hasten()
run(ROOT)
