"""Households that people placed, kept as reference data: the next import of the same address is there at once."""

from __future__ import annotations

import time
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.db.reference import points
from app.db.reference.points import StreetIds
from app.domain.addresses.postal_address import Address
from app.domain.reference.address_points import MARK, NUMBER, PointCollector, split_number
from app.domain.vocabulary.confirmed import CONFIRMED_NAME


async def keep(conn: Connection, user_id: UUID, *, shared: bool, address: Address, place: tuple[float, float]) -> bool:
    """Store that an address is at a place (latitude, longitude), in the source of what this user has confirmed.

    That of an administrator is shared with all users. It replaces what the source had of the address. Returns whether
    the address has a house number, street and town or postcode; otherwise nothing is stored.
    """
    number, street = split_number(address.street or "")
    if not number or not (address.city or address.zip_code):
        return False
    collector = PointCollector(address.country)
    line = int(time.time())
    parts = (number, street, address.city or "", address.state or "", address.zip_code or "")
    if collector.add(line, *parts, place[1], place[0]) is not None:
        return False
    batch = collector.take()
    assert batch.houses is not None
    source_id = await _source(conn, user_id, address.country, shared=shared)
    ids = StreetIds(source_id)
    [street_id] = await ids.resolve(conn, batch.streets)
    house = batch.houses[0].tolist()
    status: str = await conn.execute(
        """DELETE FROM reference_points WHERE street_id = $1 AND number = $2 AND coalesce(mark, '') = $3""",
        street_id,
        house[NUMBER],
        batch.marks[house[MARK]],
    )
    await conn.execute(
        "UPDATE reference_coverage SET points = points - $3 WHERE source_id = $1 AND postcode = $2",
        source_id,
        batch.streets[0].place.postcode,
        int(status.split()[-1]),
    )
    await points.insert(conn, source_id, ids, batch)
    await conn.execute(
        """UPDATE reference_sources SET completed_at = now(),
               rows = (SELECT coalesce(sum(points), 0) FROM reference_coverage WHERE source_id = $1)
           WHERE id = $1""",
        source_id,
    )
    return True


async def _source(conn: Connection, user_id: UUID, country: str, *, shared: bool) -> int:
    """Return the id of the source of what a user has confirmed in a country, created if it does not exist."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('reference_sources', 0))")
    source_id: int | None = await conn.fetchval(
        """SELECT id FROM reference_sources
           WHERE created_by = $1 AND kind = 'confirmed' AND country = $2 AND shared = $3 AND status = 'ready'""",
        user_id,
        country,
        shared,
    )
    if source_id is None:
        source_id = await conn.fetchval(
            """INSERT INTO reference_sources (name, kind, created_by, shared, status, run, country, completed_at)
               VALUES ($1, 'confirmed', $2, $3, 'ready', $4, $5, now()) RETURNING id""",
            CONFIRMED_NAME,
            user_id,
            shared,
            uuid7(),
            country,
        )
    assert source_id is not None
    return source_id
