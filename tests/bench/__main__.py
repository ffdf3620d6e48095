"""`make bench`: all benches, or those named: `python -m tests.bench queue`."""

from __future__ import annotations

import importlib
import os
import sys

NAMES = ("queue", "photos", "punctual", "checks", "hooks", "triage", "inbox", "awards", "rollups")

if __name__ == "__main__":
    if os.getloadavg()[0] > 2.5:
        print(f"load is {os.getloadavg()[0]:.1f}: discard this run")
    for name in sys.argv[1:] or NAMES:
        importlib.import_module(f"tests.bench.{name}").run()
