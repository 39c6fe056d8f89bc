"""The cache of geocoders' answers: one row per address and provider.

An answer is kept for as long as its provider's licence allows; "no match" is kept for a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from app.db.core.pool import Connection
from app.domain.geocoding.places import GeocodedPlace
from app.domain.text.storable import storable
from app.domain.vocabulary.accuracy import Accuracy

NO_MATCH_TTL = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A provider's answer for an address; `place` is None if the provider knows no match."""

    provider: str
    place: GeocodedPlace | None
    contradicts: tuple[str, ...] = ()
    """Parts of the address that differ in the answer: house_number, postcode, state."""


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to cache under `key` for `ttl`, None for ever."""

    key: str
    answer: CachedAnswer
    ttl: timedelta | None


FIND = """
SELECT key, provider, latitude, longitude, accuracy, confidence, matched_address, raw_score, attribution, contradicts
FROM geocode_cache
WHERE key = ANY($1::text[]) AND provider = ANY($2::text[]) AND (expires_at IS NULL OR expires_at > now())
  AND created_at >= $3
"""
BEGINNING = datetime.min.replace(tzinfo=UTC)


async def read_clock(conn: Connection) -> str:
    """Return the time by the database's clock, which dates all answers, in RFC 3339."""
    time: datetime = await conn.fetchval("SELECT now()")
    return time.isoformat()


async def find_answers(
    conn: Connection, keys: Sequence[str], providers: Sequence[str], since: datetime | None = None
) -> dict[str, list[CachedAnswer]]:
    """Return the unexpired answers of these providers for these addresses, by key.

    With `since`, only answers stored at or after that time.
    """
    answers: defaultdict[str, list[CachedAnswer]] = defaultdict(list)
    for row in await conn.fetch(FIND, keys, providers, since or BEGINNING):
        answers[row["key"]].append(CachedAnswer(row["provider"], _place(row), tuple(row["contradicts"].split())))
    return answers


@dataclass(frozen=True, slots=True)
class DatedAnswer:
    """An answer in the cache, and when it was given."""

    answer: CachedAnswer
    created_at: datetime


async def list_answers(conn: Connection, key: str) -> list[DatedAnswer]:
    """Return all unexpired answers for one address, the latest first."""
    rows = await conn.fetch(
        """SELECT provider, latitude, longitude, accuracy, confidence, matched_address, raw_score, attribution,
                  contradicts, created_at
           FROM geocode_cache WHERE key = $1 AND (expires_at IS NULL OR expires_at > now())
           ORDER BY created_at DESC, provider""",
        key,
    )
    return [
        DatedAnswer(CachedAnswer(row["provider"], _place(row), tuple(row["contradicts"].split())), row["created_at"])
        for row in rows
    ]


def _place(row: asyncpg.Record) -> GeocodedPlace | None:
    if row["latitude"] is None:
        return None
    return GeocodedPlace(
        latitude=row["latitude"],
        longitude=row["longitude"],
        accuracy=Accuracy(row["accuracy"]),
        confidence=row["confidence"],
        provider=row["provider"],
        matched_address=row["matched_address"],
        raw_score=row["raw_score"],
        attribution=row["attribution"],
    )


UPSERT = """
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


async def upsert(conn: Connection, answers: Sequence[NewAnswer]) -> None:
    """Cache answers, replacing older ones of the same provider for the same address."""
    latest = list({(new.key, new.answer.provider): new for new in answers}.values())
    if not latest:
        return
    places = [new.answer.place for new in latest]
    await conn.execute(
        UPSERT,
        [new.key for new in latest],
        [new.answer.provider for new in latest],
        [place and place.latitude for place in places],
        [place and place.longitude for place in places],
        [place and place.accuracy for place in places],
        [place and place.confidence for place in places],
        [place and storable(place.matched_address) for place in places],
        [place and place.raw_score for place in places],
        [place and place.attribution for place in places],
        [" ".join(new.answer.contradicts) for new in latest],
        [None if new.ttl is None else new.ttl.total_seconds() for new in latest],
    )


async def delete_expired(conn: Connection, limit: int = 10_000) -> int:
    """Delete up to `limit` expired answers and return their number."""
    status: str = await conn.execute(
        """DELETE FROM geocode_cache WHERE ctid = ANY (ARRAY(
               SELECT ctid FROM geocode_cache WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED))""",
        limit,
    )
    return int(status.split()[-1])
