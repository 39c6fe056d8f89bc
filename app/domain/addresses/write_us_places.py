"""Write `us_places.txt`, the names of the places of each ZIP code, from the package `zipcodes`.

Run `python -m app.domain.addresses.write_us_places` after an update of that package. The file is read in a twentieth of
the time that the package takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("us_places.txt")


def lines() -> list[str]:
    """Return a line per state and list of names: `state|name|…||name to be avoided|…=zip zip …`.

    The Postal Service accepts the names of the first part. The others it asks people to avoid, which they do not.
    """
    import zipcodes

    with_prefix: Callable[[str], list[dict[str, Any]]] = zipcodes.similar_to
    zips: defaultdict[str, list[str]] = defaultdict(list)
    for prefix in range(100):
        for row in with_prefix(f"{prefix:02d}"):
            accepted = "|".join([row["city"], *row["acceptable_cities"]])
            zips[f"{row['state']}|{accepted}||{'|'.join(row['unacceptable_cities'])}"].append(row["zip_code"])
    return sorted(f"{names}={' '.join(sorted(codes))}" for names, codes in zips.items())


if __name__ == "__main__":
    PATH.write_text("\n".join(lines()) + "\n")
