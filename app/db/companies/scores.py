"""Lead scores, the facts that they are computed from, and scoring companies again when those changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from app.db.companies.fields import list_fields
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.domain.companies.kinds import LEAD_SCORING, ScoringArgs
from app.domain.companies.lead_scores import Facts, Score, SeenSignal


@dataclass(frozen=True, slots=True)
class LeadScore:
    """A stored score of a company."""

    score: float
    """0 to 100, with the points of the model's opinion."""
    features: dict[str, Any]
    """`base_score`, `completeness` and `features`, as computed."""
    ai: dict[str, Any] | None
    """The model's opinion, if one was asked for."""
    job_id: UUID
    computed_at: datetime


async def get_facts(conn: Connection, company_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """Return the facts to score by company id; companies that do not exist are left out.

    Values of the client take precedence over those of sources. Signals are those detected within a year, and the
    confidence is that of the report that was finished last.
    """
    companies = await conn.fetch(
        """SELECT c.id, c.website, c.attributes, (
               SELECT r.confidence_score FROM research_reports AS r
               WHERE r.company_id = c.id AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC LIMIT 1) AS report
           FROM companies AS c WHERE c.id = ANY($1)""",
        company_ids,
    )
    fields = await list_fields(conn, company_ids)
    signals = await _list_signals(conn, company_ids)
    facts: dict[UUID, Facts] = {}
    for company in companies:
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for field in reversed(fields.get(company["id"], [])):  # the most trusted source comes last and overwrites
            values[field.field] = field.value
            sources[field.field] = field.url or field.source
        values |= {"website": company["website"]} if company["website"] else {}
        values |= orjson.loads(company["attributes"])
        facts[company["id"]] = Facts(values, sources, signals[company["id"]], company["report"])
    return facts


async def _list_signals(conn: Connection, company_ids: Sequence[UUID]) -> defaultdict[UUID, list[SeenSignal]]:
    rows = await conn.fetch(
        """SELECT company_id, kind, title, url, strength, coalesce(occurred_on, detected_at::date) AS on
           FROM signals WHERE company_id = ANY($1) AND detected_at > now() - interval '1 year' ORDER BY id""",
        company_ids,
    )
    signals: defaultdict[UUID, list[SeenSignal]] = defaultdict(list)
    for row in rows:
        signals[row["company_id"]].append(SeenSignal(row["kind"], row["title"], row["url"], row["strength"], row["on"]))
    return signals


async def insert(
    conn: Connection, company_id: UUID, job_id: UUID, score: Score, total: float, ai: Mapping[str, Any] | None
) -> None:
    """Store a score; `total` includes the points of the model's opinion `ai`."""
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


async def get_latest(conn: Connection, company_id: UUID) -> LeadScore | None:
    """Return the newest score of a company; None if it was never scored."""
    row = await conn.fetchrow(
        """SELECT score, features, ai, job_id, computed_at FROM lead_scores
           WHERE company_id = $1 ORDER BY computed_at DESC, id DESC LIMIT 1""",
        company_id,
    )
    if row is None:
        return None
    return LeadScore(
        score=row["score"],
        features=orjson.loads(row["features"]),
        ai=orjson.loads(row["ai"]) if row["ai"] else None,
        job_id=row["job_id"],
        computed_at=row["computed_at"],
    )


async def rescore(conn: Connection, company_ids: Sequence[UUID], user_id: UUID) -> list[UUID]:
    """Insert a scoring job for each of these companies that has a score; return the ids of the jobs.

    To be called in the transaction that changes what scores are computed from.
    """
    rows = await conn.fetch(
        "SELECT DISTINCT company_id FROM lead_scores WHERE company_id = ANY($1) ORDER BY company_id", company_ids
    )
    new = [LEAD_SCORING.new_job(ScoringArgs(company_ids=[row["company_id"]]), total_items=1) for row in rows]
    return [job.id for job in await jobs.insert(conn, new, user_id)] if new else []
