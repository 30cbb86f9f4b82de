"""Runs the program of the selected stack. Pulumi's language host starts this folder."""

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # Pulumi knows the folder, Python must know the package

from infra.stacks import run  # noqa: E402 - found there

# A program ends before garbage matters. The collector would walk all that the SDK holds for each
# resource again and again: up to a third of the program's work.
gc.disable()
run(ROOT)
