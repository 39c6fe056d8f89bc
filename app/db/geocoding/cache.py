"""What providers said of addresses, kept so that nobody is asked twice: one row an address and provider.

An answer is kept for as long as its provider's licence allows, that there is no match for a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from app.db.core.pool import Connection
from app.domain.geocoding.model import Place
from app.domain.text.storable import storable
from app.domain.vocabulary.accuracy import Accuracy

NO_MATCH_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Said:
    """A provider's word on an address; without a place it knows no match."""

    provider: str
    place: Place | None
    contradicts: tuple[str, ...] = ()
    """Parts of the address of which the place has others: house_number, postcode, state."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A word to keep under `key`, for `keeps`; None is for ever."""

    key: str
    said: Said
    keeps: timedelta | None


LOOK_UP = """
SELECT key, provider, latitude, longitude, accuracy, confidence, matched_address, raw_score, attribution, contradicts
FROM geocode_cache
WHERE key = ANY($1::text[]) AND provider = ANY($2::text[]) AND (expires_at IS NULL OR expires_at > now())
  AND created_at >= $3
"""
EVER = datetime.min.replace(tzinfo=UTC)


async def now(conn: Connection) -> str:
    """The present by the server's clock, which dates what is kept; RFC 3339."""
    moment: datetime = await conn.fetchval("SELECT now()")
    return moment.isoformat()


async def look_up(
    conn: Connection, keys: Sequence[str], providers: Sequence[str], since: datetime = EVER
) -> dict[str, list[Said]]:
    """What these providers said of these addresses since then, as far as it may still be used."""
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for row in await conn.fetch(LOOK_UP, keys, providers, since):
        found[row["key"]].append(Said(row["provider"], _place(row), tuple(row["contradicts"].split())))
    return found


def _place(row: asyncpg.Record) -> Place | None:
    if row["latitude"] is None:
        return None
    return Place(
        latitude=row["latitude"],
        longitude=row["longitude"],
        accuracy=Accuracy(row["accuracy"]),
        confidence=row["confidence"],
        provider=row["provider"],
        matched_address=row["matched_address"],
        raw_score=row["raw_score"],
        attribution=row["attribution"],
    )


KEEP = """
INSERT INTO geocode_cache (key, provider, latitude, longitude, accuracy, confidence, matched_address, raw_score,
                           attribution, contradicts, expires_at)
SELECT key, provider, latitude, longitude, accuracy, confidence, matched_address, raw_score, attribution, contradicts,
       now() + make_interval(secs => seconds)
FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::float8[], $7::text[], $8::float8[],
            $9::text[], $10::text[], $11::float8[])
    AS new (key, provider, latitude, longitude, accuracy, confidence, matched_address, raw_score, attribution,
            contradicts, seconds)
ORDER BY key, provider
ON CONFLICT (key, provider) DO UPDATE SET
    latitude = excluded.latitude, longitude = excluded.longitude, accuracy = excluded.accuracy,
    confidence = excluded.confidence, matched_address = excluded.matched_address, raw_score = excluded.raw_score,
    attribution = excluded.attribution, contradicts = excluded.contradicts, expires_at = excluded.expires_at,
    created_at = now()
"""


async def keep(conn: Connection, learnt: Sequence[Learnt]) -> None:
    """Keep what was said; a later word of the same provider on the same address replaces the former one."""
    words = list({(one.key, one.said.provider): one for one in learnt}.values())
    if not words:
        return
    places = [one.said.place for one in words]
    await conn.execute(
        KEEP,
        [one.key for one in words],
        [one.said.provider for one in words],
        [place and place.latitude for place in places],
        [place and place.longitude for place in places],
        [place and place.accuracy for place in places],
        [place and place.confidence for place in places],
        [place and storable(place.matched_address) for place in places],
        [place and place.raw_score for place in places],
        [place and place.attribution for place in places],
        [" ".join(one.said.contradicts) for one in words],
        [None if one.keeps is None else one.keeps.total_seconds() for one in words],
    )


async def purge(conn: Connection, *, at_most: int = 10_000) -> int:
    """Remove what may no longer be kept; answers how many words that were."""
    status: str = await conn.execute(
        """DELETE FROM geocode_cache WHERE ctid = ANY (ARRAY(
               SELECT ctid FROM geocode_cache WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED))""",
        at_most,
    )
    return int(status.split()[-1])
