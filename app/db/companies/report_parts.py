"""The sources and the written sections of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.companies.source_texts import insert_texts
from app.db.core.pool import Connection
from app.domain.companies.research.claims import Claim
from app.domain.companies.research.sources import Source, SourceKind
from app.domain.text.storable import storable


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section that is written."""

    key: str
    model: str | None
    """None if no source says anything about the section."""
    claims: list[Claim]
    dropped: dict[str, int]
    """Number of claims that were dropped, by reason."""
    confidence: dict[str, float]
    """The score and its factors."""
    note: str | None


@dataclass(frozen=True, slots=True)
class ReportSource:
    """A source without its text."""

    number: int
    kind: str
    url: str
    title: str
    sha256: bytes
    fetched_at: datetime
    published_on: date | None


@dataclass(frozen=True, slots=True)
class SourceText:
    """The stored text of a source and its SHA-256."""

    text: str
    sha256: bytes


def to_json_text(value: Any) -> str:
    """Return JSON text that Postgres can store: without NUL, and with `str` of what JSON does not know."""
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode().replace(r"\u0000", "")


async def insert_sources(conn: Connection, report_id: UUID, sources: Sequence[Source]) -> None:
    """Insert the sources of a report with their texts."""
    digests = await insert_texts(conn, [source.text for source in sources])
    await conn.executemany(
        """INSERT INTO research_sources (report_id, number, kind, url, title, sha256, fetched_at, published_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [
            (
                report_id,
                source.number,
                source.kind,
                storable(source.url),
                storable(source.title),
                digest,
                source.fetched_at,
                source.published_on,
            )
            for source, digest in zip(sources, digests, strict=True)
        ],
    )


async def list_sources_with_text(conn: Connection, report_id: UUID) -> list[Source]:
    """Return a report's sources in the order of their numbers."""
    rows = await conn.fetch(
        """SELECT s.number, s.kind, s.url, s.title, s.fetched_at, s.published_on, t.text
           FROM research_sources AS s JOIN source_texts AS t USING (sha256) WHERE s.report_id = $1 ORDER BY s.number""",
        report_id,
    )
    return [
        Source(
            id=f"S{row['number']}",
            kind=SourceKind(row["kind"]),
            url=row["url"],
            title=row["title"],
            text=row["text"],
            fetched_at=row["fetched_at"],
            published_on=row["published_on"],
        )
        for row in rows
    ]


async def list_sources(conn: Connection, report_id: UUID) -> list[ReportSource]:
    """Return a report's sources in the order of their numbers, without their texts."""
    rows = await conn.fetch(
        """SELECT number, kind, url, title, sha256, fetched_at, published_on FROM research_sources
           WHERE report_id = $1 ORDER BY number""",
        report_id,
    )
    return [ReportSource(**row) for row in rows]


async def get_source_text(conn: Connection, report_id: UUID, number: int) -> SourceText | None:
    """Return the text of a source by its number in the report; None if there is none."""
    row = await conn.fetchrow(
        """SELECT t.text, s.sha256 FROM research_sources AS s JOIN source_texts AS t USING (sha256)
           WHERE s.report_id = $1 AND s.number = $2""",
        report_id,
        number,
    )
    return SourceText(**row) if row else None


async def insert_section(
    conn: Connection,
    report_id: UUID,
    key: str,
    *,
    model: str | None,
    claims: Sequence[Claim],
    dropped: Mapping[str, int],
    confidence: Mapping[str, float],
    note: str | None,
) -> None:
    """Insert a section. Raises UniqueViolationError if the report has that section."""
    await conn.execute(
        """INSERT INTO research_sections (report_id, key, model, claims, dropped, confidence, note)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        report_id,
        key,
        model,
        to_json_text([asdict(claim) for claim in claims]),
        to_json_text(dropped),
        to_json_text(confidence),
        note and storable(note),
    )


async def list_sections(conn: Connection, report_id: UUID) -> list[ReportSection]:
    """Return the sections that are written, in any order."""
    rows = await conn.fetch(
        "SELECT key, model, claims, dropped, confidence, note FROM research_sections WHERE report_id = $1", report_id
    )
    return [
        ReportSection(
            key=row["key"],
            model=row["model"],
            claims=[
                Claim(claim["text"], claim["quote"], tuple(claim["sources"]), claim.get("written_on", ""))
                for claim in orjson.loads(row["claims"])
            ],
            dropped=orjson.loads(row["dropped"]),
            confidence=orjson.loads(row["confidence"]),
            note=row["note"],
        )
        for row in rows
    ]
