"""Look-ups in the reference data: thousands of questions in a statement, each by the indexes.

Run them within `snapshot`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.db.reference.sources import VISIBLE
from app.domain.reference.address_points import UNITS_PER_DEGREE
from app.domain.reference.house_numbers import HouseNumber
from app.domain.reference.interpolation import House
from app.domain.reference.matching import Candidate, KnownStreet, Source
from app.domain.reference.places import Place
from app.domain.reference.street_keys import StreetKey
from app.domain.reference.stretches import Side, Stretch

MAX_CANDIDATES = 100
"""Streets of one name for one question, without a postcode or town that would tell which."""
MAX_HOUSES = 200
"""Points of one number in one street."""
BY_INDEX = """SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
SET LOCAL jit = off"""
"""Plans are made while the tables are small and kept while they grow."""


STRETCHES = """
SELECT q.street_id, q.number AS asked, r.low, r.high, r.parity, r.side, r.path
FROM unnest($1::int[], $2::int[]) AS q (street_id, number)
CROSS JOIN LATERAL (
    (SELECT r.* FROM reference_stretches AS r
     WHERE r.street_id = q.street_id AND r.low <= q.number AND r.high >= q.number AND q.number > 0
       AND (r.parity IS NULL OR r.parity = q.number % 2)
     ORDER BY r.high - r.low, r.low, r.line LIMIT 4)
    UNION ALL
    (SELECT r.* FROM reference_stretches AS r WHERE r.street_id = q.street_id
     ORDER BY abs(r.low - q.number), r.line LIMIT 1)
) AS r
"""
"""The stretches of a street that have a number, the shortest ranges first, and one that is near it."""


@dataclass(frozen=True, slots=True)
class StreetQuestion:
    """The name of a street to look up in a place, and the number of a house; 0 for none."""

    name: str
    place: Place
    number: int


STREET = "t.id, t.name, t.before, t.suffix, t.after, t.postcode, t.city, t.state, t.label, t.city_label"
SOURCE = (
    "s.id AS source_id, s.name AS source_name, s.kind, coalesce(s.dated, s.completed_at::date) AS dated, s.attribution"
)
_SOURCES = f"""
sources AS MATERIALIZED (
    SELECT s.* FROM reference_sources AS s WHERE {VISIBLE.format(owner="$1")} AND s.country = $2
)"""
_POINTS = f"""
LEFT JOIN LATERAL (
    SELECT p.number, p.latitude, p.longitude, p.mark FROM reference_points AS p
    WHERE p.street_id = t.id AND p.number = q.number AND q.number > 0 LIMIT {MAX_HOUSES}
) AS p ON true"""

IN_PLACE = f"""
WITH {_SOURCES}
SELECT q.i, {STREET}, {SOURCE}, p.*
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])
    AS q (i, name, postcode, city, state, number)
CROSS JOIN LATERAL (
    SELECT t.* FROM reference_streets AS t WHERE t.postcode = q.postcode AND q.postcode <> '' AND t.name = q.name
    UNION ALL
    SELECT t.* FROM reference_streets AS t
    WHERE t.city = q.city AND q.city <> '' AND t.name = q.name
      AND (q.postcode = '' OR t.postcode <> q.postcode) AND (q.state = '' OR t.state IN ('', q.state))
    OFFSET 0
) AS t
JOIN sources AS s ON s.id = t.source_id {_POINTS}
"""
"""The streets of a name in the postcode, and in the town."""

IN_STATE = f"""
WITH {_SOURCES}
SELECT q.i, {STREET}, {SOURCE}, p.*
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])
    AS q (i, name, postcode, city, state, number)
CROSS JOIN LATERAL (
    SELECT t.* FROM reference_streets AS t
    WHERE t.name = q.name AND t.state IN ('', q.state) AND t.source_id IN (SELECT id FROM sources)
      AND EXISTS (
          SELECT FROM reference_points AS p WHERE p.street_id = t.id AND (p.number = q.number OR q.number = 0) OFFSET 0
      )
    LIMIT {MAX_CANDIDATES}
) AS t
JOIN sources AS s ON s.id = t.source_id {_POINTS}
"""
"""The streets of a name in the whole state that have the number: for towns that go by several names."""

SIMILAR = f"""
WITH {_SOURCES}
SELECT DISTINCT q.i, t.name
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])
    AS q (i, name, postcode, city, state, letters)
CROSS JOIN LATERAL (
    SELECT t.name, t.source_id FROM reference_streets AS t
    WHERE t.postcode = q.postcode AND q.postcode <> '' AND abs(length(t.name) - length(q.name)) <= 2
      AND (left(t.name, q.letters) = left(q.name, q.letters) OR right(t.name, q.letters) = right(q.name, q.letters))
    UNION
    SELECT t.name, t.source_id FROM reference_streets AS t
    WHERE t.city = q.city AND q.city <> '' AND q.postcode = '' AND abs(length(t.name) - length(q.name)) <= 2
      AND (left(t.name, q.letters) = left(q.name, q.letters) OR right(t.name, q.letters) = right(q.name, q.letters))
) AS t
WHERE t.source_id IN (SELECT id FROM sources)
"""
"""Names of streets in the postcode, or else the town, that begin or end like one that is not known."""

NEIGHBOURS = """
SELECT q.street_id, q.number AS asked, p.number, p.latitude, p.longitude, p.mark
FROM unnest($1::int[], $2::int[]) AS q (street_id, number)
CROSS JOIN LATERAL (
    (SELECT p.* FROM reference_points AS p WHERE p.street_id = q.street_id AND p.number < q.number
     AND p.number % 2 = q.number % 2 ORDER BY p.number DESC LIMIT 4)
    UNION ALL
    (SELECT p.* FROM reference_points AS p WHERE p.street_id = q.street_id AND p.number > q.number
     AND p.number % 2 = q.number % 2 ORDER BY p.number LIMIT 4)
    UNION ALL
    (SELECT p.* FROM reference_points AS p WHERE p.street_id = q.street_id AND p.number < q.number
     AND p.number % 2 <> q.number % 2 ORDER BY p.number DESC LIMIT 1)
    UNION ALL
    (SELECT p.* FROM reference_points AS p WHERE p.street_id = q.street_id AND p.number > q.number
     AND p.number % 2 <> q.number % 2 ORDER BY p.number LIMIT 1)
) AS p
"""
"""The nearest houses below and above on both sides of the street."""

MIDDLE = """
SELECT q.street_id, p.number, p.latitude, p.longitude, p.mark
FROM unnest($1::int[]) AS q (street_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS houses FROM (
        SELECT FROM reference_points AS p WHERE p.street_id = q.street_id LIMIT 2000
    ) AS first_ones
) AS c
CROSS JOIN LATERAL (
    SELECT p.* FROM reference_points AS p WHERE p.street_id = q.street_id ORDER BY p.number OFFSET c.houses / 2 LIMIT 1
) AS p
"""


async def begin(conn: Connection) -> None:
    """Make the statements of the current transaction use the indexes."""
    await conn.execute(BY_INDEX)


@asynccontextmanager
async def snapshot(conn: Connection) -> AsyncIterator[None]:
    """Begin a transaction in which all statements see the same versions of the sources and use the indexes.

    It begins with one message to the server: a single look-up has few others.
    """
    await conn.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {BY_INDEX}")
    try:
        yield
    finally:
        await conn.execute("COMMIT")


async def find_candidates(
    conn: Connection, owner: UUID | None, country: str, questions: Sequence[StreetQuestion], *, in_state: bool = False
) -> list[list[Candidate]]:
    """Return for each question the streets of its name in its place, or its state, with the houses of the number."""
    rows = await conn.fetch(
        IN_STATE if in_state else IN_PLACE, owner, country, *_columns(questions), [q.number for q in questions]
    )
    found: list[dict[int, Candidate]] = [{} for _ in questions]
    for row in rows:
        known = found[row["i"]]
        candidate = known.get(row["id"])
        if candidate is None:
            candidate = known[row["id"]] = Candidate(to_street(row))
        if row["number"] is not None:
            candidate.exact.append(to_house(row))
    return [list(known.values()) for known in found]


async def find_similar_names(
    conn: Connection, owner: UUID | None, country: str, questions: Sequence[StreetQuestion]
) -> list[list[str]]:
    """Return for each question names of streets in its place that begin or end like its name."""
    letters = [1 if len(q.name) < 5 else 2 if len(q.name) < 8 else 3 for q in questions]
    found: list[list[str]] = [[] for _ in questions]
    for row in await conn.fetch(SIMILAR, owner, country, *_columns(questions), letters):
        found[row["i"]].append(row["name"])
    return found


async def add_neighbours(conn: Connection, candidates: Sequence[Candidate], numbers: Sequence[int]) -> None:
    """Add the nearest houses of other numbers, and stretches, to candidates that are streets of visible sources."""
    if not candidates:
        return
    by_street: dict[tuple[int, int], list[House]] = {}
    pairs = list(dict.fromkeys((c.street.id, n) for c, n in zip(candidates, numbers, strict=True)))
    numbered = [pair for pair in pairs if pair[1]]
    if numbered:
        rows = await conn.fetch(NEIGHBOURS, [street for street, _ in numbered], [number for _, number in numbered])
        for row in rows:
            by_street.setdefault((row["street_id"], row["asked"]), []).append(to_house(row))
    if len(numbered) < len(pairs):
        streets = [street for street, number in pairs if not number]
        by_street |= {(row["street_id"], 0): [to_house(row)] for row in await conn.fetch(MIDDLE, streets)}
    stretches: dict[tuple[int, int], list[Stretch]] = {}
    for row in await conn.fetch(STRETCHES, [street for street, _ in pairs], [number for _, number in pairs]):
        stretches.setdefault((row["street_id"], row["asked"]), []).append(_stretch(row))
    for candidate, number in zip(candidates, numbers, strict=True):
        key = (candidate.street.id, number)
        candidate.neighbours, candidate.stretches = by_street.get(key, []), stretches.get(key, [])


def _columns(questions: Sequence[StreetQuestion]) -> tuple[list[int], list[str], list[str], list[str], list[str]]:
    return (
        list(range(len(questions))),
        [q.name for q in questions],
        [q.place.postcode for q in questions],
        [q.place.city for q in questions],
        [q.place.state for q in questions],
    )


def to_street(row: asyncpg.Record) -> KnownStreet:
    """Return the street of a row with the columns STREET and SOURCE."""
    source = Source(
        row["source_id"], row["source_name"], row["kind"], row["dated"].isoformat(), row["attribution"] or ""
    )
    key = StreetKey(row["name"], row["before"], row["suffix"], row["after"])
    place = Place(row["city"], row["state"], row["postcode"])
    return KnownStreet(row["id"], source, key, row["label"], row["city_label"], place)


def _stretch(row: asyncpg.Record) -> Stretch:
    path = [number / UNITS_PER_DEGREE for number in row["path"]]
    line = tuple(zip(path[::2], path[1::2], strict=True))
    return Stretch(row["low"], row["high"], row["parity"], Side(row["side"]), line)


def to_house(row: asyncpg.Record) -> House:
    """Return the house of a row with number, mark, and coordinates as they are stored."""
    number = HouseNumber(row["number"], row["mark"] or "")
    return House(number, row["latitude"] / UNITS_PER_DEGREE, row["longitude"] / UNITS_PER_DEGREE)
