"""Run `python -m tests.fuzz --cases 50000`; exits with 1 if schemathesis finds anything."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.fuzz.run import fuzz

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--cases", type=int, default=2_000, help="how many requests to generate, about")
parser.add_argument("--seed", type=int, default=None, help="repeats an earlier run")
options = parser.parse_args()
with tempfile.TemporaryDirectory(prefix="trigpoint-fuzz-") as folder:
    found = asyncio.run(fuzz(Path(folder), options.cases, options.seed))
print(found.output)
print(f"{found.requests:,} requests; the longest wait for /healthz was {found.longest_stall:.2f} s", file=sys.stderr)
sys.exit(found.status)
