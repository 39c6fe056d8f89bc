"""Parsing US addresses on one line: how long it takes, and how many of the labelled ones are right.

`python -m tests.benchmarks.addresses [labels.xml …]`. The files are in the form of the training data of `usaddress`,
whose source distribution has some; an address counts as right if street, unit, city, state and ZIP code are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from xml.etree import ElementTree

from app.domain.addresses.parser import parse_line
from app.domain.addresses.parts import split_unit
from app.domain.addresses.us_places import us_places
from app.domain.vocabulary.states import state_code
from tests.unit.addresses.labelled import LABELLED

ROUNDS = 5
PLACES = {"PlaceName": "city", "StateName": "state", "ZipCode": "zip", "ZipPlus4": "zip"}
UNITS = {"OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier", "BuildingName"}
NO_PARTS = {"Recipient", "NotAddress", "CountryName", "LandmarkName"}


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def parsed(line: str) -> list[str]:
    """Street with unit, city, state and ZIP code, without case and punctuation."""
    parts = parse_line(line, "us")
    street, unit = split_unit(parts.get("address", ""))
    return [plain(street + (unit or "")), *(plain(parts.get(name, "")) for name in ("city", "state", "zip_code"))]


def labels_in(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the addresses of a file that have a city or a ZIP code, with what is right."""
    for address in ElementTree.parse(path).getroot().iter("AddressString"):
        found = dict.fromkeys(("street", "unit", "city", "state", "zip"), "")
        for part in address:
            kind = PLACES.get(part.tag) or ("unit" if part.tag in UNITS else "street")
            if part.tag not in NO_PARTS:
                found[kind] += f"{part.text or ''} "
        if found["city"] or found["zip"]:
            state = state_code(found["state"]) or ""
            right = [found["street"] + found["unit"], found["city"], state, found["zip"]]
            yield " ".join("".join(address.itertext()).split()), [plain(text) for text in right]


def main() -> None:
    us_places()
    with_commas = [line for line, *_ in LABELLED if "," in line]
    without = [line for line, *_ in LABELLED if "," not in line]
    for name, lines in (("with commas", with_commas), ("without commas", without)):
        times = []
        for _ in range(ROUNDS):
            started = perf_counter()
            for line in lines:
                parse_line(line, "us")
            times.append((perf_counter() - started) / len(lines) * 1e6)
        print(f"{name:16} {median(times):6.0f} µs per address, median of {ROUNDS} rounds over {len(lines)}")
    for path in map(Path, sys.argv[1:]):
        labelled = list(labels_in(path))
        right = sum(parsed(line) == expected for line, expected in labelled)
        print(f"{path.name}: {right:,} of {len(labelled):,} right")


if __name__ == "__main__":
    main()
