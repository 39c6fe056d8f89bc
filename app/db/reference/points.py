"""Write an import of reference data: streets, their houses, and the coverage by postcode."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from io import BytesIO

from app.db.core.pool import Connection
from app.domain.reference.address_points import LINE, MARK, NUMBER, STREET, PointBatch, Street, X, Y

MAX_CACHED_STREETS = 50_000
"""Bounds the memory of an import; the streets of a file mostly come in runs."""
NULL = -1
"""Size of a value that is null."""
_COPY_HEADER, _COPY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
STRETCH_COLUMNS = ("street_id", "low", "high", "line", "side", "parity", "path")
POINT_COLUMNS = ("street_id", "number", "line", "latitude", "longitude", "mark")

_STREETS = """
WITH new AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::text[], $10::text[])
        AS new (name, before, suffix, after, postcode, city, state, label, city_label)
), inserted AS (
    INSERT INTO reference_streets AS t (source_id, name, before, suffix, after, postcode, city, state, label,
                                        city_label)
    SELECT $1::int, new.* FROM new
    ON CONFLICT (name, state, source_id, postcode, city, before, suffix, after) DO NOTHING
    RETURNING t.id, t.name, t.before, t.suffix, t.after, t.postcode, t.city, t.state
)
SELECT *, true AS is_new FROM inserted UNION ALL
SELECT t.id, t.name, t.before, t.suffix, t.after, t.postcode, t.city, t.state, false
FROM new CROSS JOIN LATERAL (
    SELECT t.* FROM reference_streets AS t
    WHERE t.name = new.name AND t.state = new.state AND t.source_id = $1 AND t.postcode = new.postcode
      AND t.city = new.city AND t.before = new.before AND t.suffix = new.suffix AND t.after = new.after
    OFFSET 0
) AS t
"""
"""The second part reads the table as it was before the statement: the streets that were there already."""

_COVERAGE = """
INSERT INTO reference_coverage AS c (source_id, postcode, points, south, west, north, east)
SELECT $1::int, * FROM unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[]) ORDER BY 2
ON CONFLICT (source_id, postcode) DO UPDATE SET points = c.points + excluded.points,
    south = least(c.south, excluded.south), west = least(c.west, excluded.west),
    north = greatest(c.north, excluded.north), east = greatest(c.east, excluded.east)
"""


class StreetIds:
    """The ids of the streets of one source, found or created; the latest used are remembered."""

    def __init__(self, source_id: int) -> None:
        self._source_id = source_id
        self._known: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self.created = 0
        """How many streets the last call of `resolve` inserted."""

    async def resolve(self, conn: Connection, streets: Sequence[Street]) -> list[int]:
        """Return the ids of these streets, in order. The new ones are inserted in the transaction of `conn`."""
        known, self.created = self._known, 0
        identities = [street.identity for street in streets]
        found = {identity: known[identity] for identity in identities if identity in known}
        by_identity = dict(zip(identities, streets, strict=True))
        new = [street for identity, street in by_identity.items() if identity not in found]
        if new:
            columns = [
                [s.key.name for s in new], [s.key.before for s in new], [s.key.suffix for s in new],
                [s.key.after for s in new], [s.place.postcode for s in new], [s.place.city for s in new],
                [s.place.state for s in new], [s.label for s in new], [s.city for s in new],
            ]  # fmt: skip
            for row in await conn.fetch(_STREETS, self._source_id, *columns):
                found[tuple(row)[1:-1]] = row["id"]
                self.created += row["is_new"]
        for identity, street_id in found.items():
            known[identity] = street_id
            known.move_to_end(identity)
        while len(known) > MAX_CACHED_STREETS:
            known.popitem(last=False)
        return [found[identity] for identity in identities]


async def insert(conn: Connection, source_id: int, ids: StreetIds, batch: PointBatch) -> int:
    """Write a batch in the transaction of `conn`. Returns how many streets are new."""
    if not batch.size:
        return 0
    street_ids = await ids.resolve(conn, batch.streets)
    if batch.points:
        source = BytesIO(_copied(batch, street_ids))
        await conn.copy_to_table("reference_points", columns=POINT_COLUMNS, source=source, format="binary")
    if batch.stretches:
        rows = [(street_ids[one.street], *one[1:]) for one in batch.stretches]
        await conn.copy_records_to_table("reference_stretches", columns=STRETCH_COLUMNS, records=rows)
    await _add_coverage(conn, source_id, batch.coverage)
    return ids.created


def _copied(batch: PointBatch, street_ids: Sequence[int]) -> bytes:
    """Return the houses in COPY's binary format: of each row the number of columns, and before each value its size."""
    import numpy as np

    assert batch.houses is not None
    houses = batch.houses
    rows = np.empty(len(houses), np.dtype([("columns", ">i2"), ("values", ">i4", 11)]))
    rows["columns"] = len(POINT_COLUMNS)
    values = rows["values"]
    values[:, 0:10:2] = 4
    values[:, 10] = NULL
    values[:, 1] = np.array(street_ids)[houses[:, STREET]]
    for place, column in ((3, NUMBER), (5, LINE), (7, Y), (9, X)):
        values[:, place] = houses[:, column]
    pieces, begin = [_COPY_HEADER], 0
    for index in np.flatnonzero(houses[:, MARK]).tolist():
        mark = batch.marks[int(houses[index, MARK])].encode()
        values[index, 10] = len(mark)
        pieces += [rows[begin : index + 1].tobytes(), mark]
        begin = index + 1
    return b"".join([*pieces, rows[begin:].tobytes(), _COPY_END])


async def _add_coverage(conn: Connection, source_id: int, coverage: Mapping[str, Sequence[int]]) -> None:
    """`coverage` maps a postcode to the number of its points, south, west, north and east."""
    columns = zip(*(coverage[postcode] for postcode in coverage), strict=True)
    await conn.execute(_COVERAGE, source_id, list(coverage), *map(list, columns))
