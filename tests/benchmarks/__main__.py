"""All benchmarks, one after the other: `make bench`, or `python -m tests.benchmarks [--rounds 3]`."""

from __future__ import annotations

import argparse
import asyncio

from tests.benchmarks import companies, geocoding, geocoding_scale, heatmaps, imports, jobs

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rounds", type=int, default=3)
rounds = parser.parse_args().rounds
asyncio.run(jobs.main(rounds))
asyncio.run(geocoding.main(rounds))
asyncio.run(geocoding_scale.main())
asyncio.run(imports.main(rounds))
asyncio.run(companies.main())
asyncio.run(heatmaps.main(rounds))
