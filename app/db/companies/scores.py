"""Scores of companies, what they are computed from, and when they are to be computed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.companies import records as companies
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.domain.companies.kinds import LEAD_SCORING, ScoringArgs
from app.domain.companies.lead_scores import Facts, Score, SeenSignal


async def facts(conn: Connection, company_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """Of each company: what people said, what sources say, signals of the last year, its newest report's confidence."""
    rows = await conn.fetch(
        """SELECT c.id, c.website, c.attributes, (
               SELECT r.confidence_score FROM research_reports AS r
               WHERE r.company_id = c.id AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC LIMIT 1) AS report
           FROM companies AS c WHERE c.id = ANY($1)""",
        company_ids,
    )
    known = await companies.fields(conn, company_ids)
    seen = await conn.fetch(
        """SELECT company_id, kind, title, url, strength, coalesce(occurred_on, detected_at::date) AS on
           FROM signals WHERE company_id = ANY($1) AND detected_at > now() - interval '1 year' ORDER BY id""",
        company_ids,
    )
    found: dict[UUID, Facts] = {}
    for row in rows:
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for one in reversed(known.get(row["id"], [])):  # the first of a field counts, so it comes last
            values[one["field"]] = orjson.loads(one["value"])
            sources[one["field"]] = one["url"] or one["source"]
        values |= {"website": row["website"]} if row["website"] else {}
        values |= orjson.loads(row["attributes"])
        signals = [
            SeenSignal(one["kind"], one["title"], one["url"], one["strength"], one["on"])
            for one in seen
            if one["company_id"] == row["id"]
        ]
        found[row["id"]] = Facts(values, sources, signals, row["report"])
    return found


async def save(
    conn: Connection, company_id: UUID, job_id: UUID, score: Score, total: float, ai: Mapping[str, Any] | None
) -> None:
    """`total` is the score with what a model added or took away."""
    await conn.execute(
        "INSERT INTO lead_scores (id, company_id, job_id, score, features, ai) VALUES ($1, $2, $3, $4, $5, $6)",
        uuid7(),
        company_id,
        job_id,
        total,
        orjson.dumps(
            {"base_score": score.score, "completeness": score.completeness, "features": score.features}, default=str
        ).decode(),
        None if ai is None else orjson.dumps(ai).decode(),
    )


async def newest(conn: Connection, company_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """SELECT score, features, ai, job_id, computed_at FROM lead_scores
           WHERE company_id = $1 ORDER BY computed_at DESC, id DESC LIMIT 1""",
        company_id,
    )


def show(row: asyncpg.Record) -> dict[str, Any]:
    explained: dict[str, Any] = orjson.loads(row["features"])
    return {
        "score": row["score"],
        **explained,
        "ai": orjson.loads(row["ai"]) if row["ai"] else None,
        "job_id": row["job_id"],
        "computed_at": row["computed_at"],
    }


async def rescore(conn: Connection, company_ids: Sequence[UUID], user_id: UUID) -> list[UUID]:
    """Have companies scored anew that have a score: something that it is made of changed."""
    rows = await conn.fetch(
        "SELECT DISTINCT company_id FROM lead_scores WHERE company_id = ANY($1) ORDER BY company_id", company_ids
    )
    new = [LEAD_SCORING.new_job(ScoringArgs(company_ids=[row["company_id"]]), total_items=1) for row in rows]
    return [one.id for one in await jobs.insert(conn, new, user_id)] if new else []
