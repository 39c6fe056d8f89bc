"""Reports: begun with their sources, written section by section, finished once; and what their calls cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.companies import records as companies
from app.db.core.pool import Connection
from app.domain.companies.research.report import ReportJson, SectionJson, text_of
from app.domain.companies.research.sections import SECTIONS
from app.domain.companies.research.sources import Source, SourceKind
from app.domain.text.storable import storable


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode().replace(r"\u0000", "")


async def begin(
    conn: Connection,
    *,
    job_id: UUID,
    company_id: UUID,
    company: Mapping[str, Any],
    model: str,
    gathered: Mapping[str, Any],
    sources: Sequence[Source],
) -> UUID:
    """A report with its sources, for the job's maker; what an earlier start of the job had begun is gone."""
    await conn.execute("DELETE FROM research_reports WHERE job_id = $1", job_id)
    report_id: UUID = uuid7()
    await conn.execute(
        """INSERT INTO research_reports (id, company_id, job_id, created_by, model, company, gathered)
           SELECT $1, $2, $3, created_by, $4, $5, $6 FROM jobs WHERE id = $3""",
        report_id,
        company_id,
        job_id,
        model,
        _json(company),
        _json(gathered),
    )
    digests = await companies.keep_texts(conn, [source.text for source in sources])
    await conn.executemany(
        """INSERT INTO research_sources (report_id, number, kind, url, title, sha256, fetched_at, published_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [
            (
                report_id,
                int(source.id[1:]),
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
    return report_id


async def sources(conn: Connection, report_id: UUID) -> list[Source]:
    rows = await conn.fetch(
        """SELECT s.number, s.kind, s.url, s.title, s.fetched_at, s.published_on, t.text
           FROM research_sources AS s JOIN source_texts AS t USING (sha256) WHERE s.report_id = $1 ORDER BY s.number""",
        report_id,
    )
    return [
        Source(
            f"S{row['number']}",
            SourceKind(row["kind"]),
            row["url"],
            row["title"],
            row["text"],
            row["fetched_at"],
            row["published_on"],
        )
        for row in rows
    ]


async def source_text(conn: Connection, report_id: UUID, number: int) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """SELECT t.text, s.sha256 FROM research_sources AS s JOIN source_texts AS t USING (sha256)
           WHERE s.report_id = $1 AND s.number = $2""",
        report_id,
        number,
    )


async def add_section(
    conn: Connection,
    report_id: UUID,
    key: str,
    *,
    model: str | None,
    claims: Sequence[Mapping[str, Any]],
    dropped: Mapping[str, int],
    confidence: Mapping[str, float],
    note: str | None,
) -> None:
    await conn.execute(
        """INSERT INTO research_sections (report_id, key, model, claims, dropped, confidence, note)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        report_id,
        key,
        model,
        _json(claims),
        _json(dropped),
        _json(confidence),
        note and storable(note),
    )


async def written(conn: Connection, report_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT key, model, claims, dropped, confidence, note FROM research_sections WHERE report_id = $1", report_id
    )


async def finish(
    conn: Connection,
    report_id: UUID,
    *,
    status: str,
    model: str,
    confidence: Mapping[str, Any],
    dropped: int,
    usage: Mapping[str, Any],
) -> None:
    await conn.execute(
        """UPDATE research_reports SET status = $2, confidence_score = $3, confidence = $4, dropped_claims = $5,
               usage = $6, model = $7, completed_at = now() WHERE id = $1""",
        report_id,
        status,
        confidence["score"],
        _json(confidence),
        dropped,
        _json(usage),
        model,
    )


async def fresh(conn: Connection, company_id: UUID, days: float, model: str) -> asyncpg.Record | None:
    """The newest finished report of a company that is younger than so many days, and no worse than what we would write.

    One without a model does not stand in the way of one with a model.
    """
    return await conn.fetchrow(
        """SELECT r.id, r.job_id, r.completed_at, j.id IS NOT NULL AS job_exists
           FROM research_reports AS r LEFT JOIN jobs AS j ON j.id = r.job_id
           WHERE r.company_id = $1 AND r.completed_at > now() - make_interval(secs => $2)
             AND (r.model <> 'extractive' OR $3 = 'extractive')
           ORDER BY r.completed_at DESC LIMIT 1""",
        company_id,
        days * 86400,
        model,
    )


async def select(conn: Connection, company_id: UUID, *, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
    """A company's reports, newest first."""
    rows = await conn.fetch(
        """SELECT id, status, model, confidence_score, dropped_claims, created_at, completed_at
           FROM research_reports WHERE company_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3""",
        company_id,
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM research_reports WHERE company_id = $1", company_id)
    return rows, total


async def get(conn: Connection, report_id: UUID) -> ReportJson | None:
    """The whole report, as far as it is written."""
    report = await conn.fetchrow("SELECT * FROM research_reports WHERE id = $1", report_id)
    if report is None:
        return None
    sections = {row["key"]: _section(row) for row in await written(conn, report_id)}
    rows = await conn.fetch(
        """SELECT number, kind, url, title, sha256, fetched_at, published_on FROM research_sources
           WHERE report_id = $1 ORDER BY number""",
        report_id,
    )
    cited = {one for section in sections.values() for claim in section["claims"] for one in claim["sources"]}
    return ReportJson(
        id=str(report["id"]),
        company=orjson.loads(report["company"]),
        status=report["status"],
        model=report["model"],
        sections=[sections.get(one.key) or _pending(one.key, one.title) for one in SECTIONS],
        sources=[
            {
                "id": f"S{row['number']}",
                "url": row["url"],
                "title": row["title"],
                "kind": row["kind"],
                "fetched_at": row["fetched_at"],
                "published_on": row["published_on"],
                "sha256": row["sha256"].hex(),
                "cited": f"S{row['number']}" in cited,
            }
            for row in rows
        ],
        confidence_score=report["confidence_score"] or 0.0,
        confidence=orjson.loads(report["confidence"] or "{}")
        | {"sections": {key: section["confidence"] for key, section in sections.items()}},
        dropped_claims=sum(sum(section["dropped"].values()) for section in sections.values()),
        usage=orjson.loads(report["usage"]) if report["usage"] else await usage(conn, report["job_id"]),
        created_at=report["created_at"],
        completed_at=report["completed_at"],
    )


TITLES = {one.key: one.title for one in SECTIONS}


def _section(row: asyncpg.Record) -> SectionJson:
    claims = orjson.loads(row["claims"])
    return SectionJson(
        key=row["key"],
        title=TITLES[row["key"]],
        status="complete" if claims else "not_found",
        text=text_of(claims),
        claims=claims,
        dropped=orjson.loads(row["dropped"]),
        model=row["model"],
        note=row["note"],
        confidence=orjson.loads(row["confidence"]),
    )


def _pending(key: str, title: str) -> SectionJson:
    return SectionJson(
        key=key, title=title, status="pending", text="", claims=[], dropped={}, model=None, note=None, confidence={}
    )


async def usage(conn: Connection, job_id: UUID) -> dict[str, Any]:
    """What the calls of a job came to; a call that never ended counts for the most that it can have cost."""
    row = await conn.fetchrow(
        """SELECT count(*) AS calls, count(*) FILTER (WHERE outcome IS NULL) AS lost_calls,
                  coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
                  coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
                  coalesce(sum(cached_tokens), 0)::bigint AS cached_tokens,
                  coalesce(sum(reasoning_tokens), 0)::bigint AS reasoning_tokens,
                  sum(coalesce(cost_usd, CASE WHEN outcome IS NULL THEN reserved_usd END)) AS cost_usd,
                  array_agg(DISTINCT cost_source) FILTER (WHERE cost_source IS NOT NULL) AS cost_sources
           FROM llm_calls WHERE job_id = $1""",
        job_id,
    )
    assert row is not None  # an aggregate always answers
    return {name: value for name, value in row.items() if name != "cost_sources"} | {
        "cost_sources": row["cost_sources"] or []
    }


async def result(conn: Connection, report_id: UUID) -> dict[str, Any]:
    """What the job that wrote a finished report answered."""
    row = await conn.fetchrow(
        """SELECT r.id, r.status, r.confidence_score, r.dropped_claims, r.model,
                  (SELECT count(*) FROM research_sections AS s WHERE s.report_id = r.id) AS sections,
                  (SELECT count(*) FROM research_sections AS s
                   WHERE s.report_id = r.id AND s.claims <> '[]') AS found,
                  (SELECT count(*) FROM research_sources AS s WHERE s.report_id = r.id) AS sources
           FROM research_reports AS r WHERE r.id = $1""",
        report_id,
    )
    assert row is not None  # it is finished, and reports go with their company alone
    return {
        "report_id": str(row["id"]),
        "status": row["status"],
        "sections_complete": row["sections"],
        "sections_found": row["found"],
        "total_sources": row["sources"],
        "confidence_score": row["confidence_score"],
        "dropped_claims": row["dropped_claims"],
        "model": row["model"],
    }
