"""Lead scores, the facts that they are computed from, and scoring companies again when those changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from app.db.companies.fields import list_fields
from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.companies.kinds import LEAD_SCORING, ScoringArgs
from app.domain.companies.lead_scores import CLIENT, Facts, Score, SeenSignal
from app.domain.text.json_guard import load_stored_object


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


@dataclass(frozen=True, slots=True)
class CompanyScore:
    """The newest score of a company."""

    company_id: UUID
    company_name: str
    external_id: str | None
    """The client's own id of the company."""
    score: LeadScore


@dataclass(frozen=True, slots=True)
class ScorePlace:
    """The place of a score in the list of current scores."""

    score: float
    company_id: UUID


@dataclass(frozen=True)
class ScoreFilters:
    """Filters on current scores that are joined by AND; None matches every score."""

    min_score: float | None = None
    max_score: float | None = None
    company_id: UUID | None = None
    computed_after: datetime | None = None
    """At or after this time."""
    computed_before: datetime | None = None

    def conditions(self) -> Conditions:
        """Return the conditions on `lead_scores AS s`, also that there is no newer score of the company."""
        where = Conditions()
        where.add(
            """NOT EXISTS (SELECT FROM lead_scores AS newer WHERE newer.company_id = s.company_id
                           AND (newer.computed_at, newer.id) > (s.computed_at, s.id))"""
        )
        where.add_if_given("s.score >= {}", self.min_score)
        where.add_if_given("s.score <= {}", self.max_score)
        where.add_if_given("s.company_id = {}", self.company_id)
        where.add_if_given("s.computed_at >= {}", self.computed_after)
        where.add_if_given("s.computed_at < {}", self.computed_before)
        return where


async def get_facts(conn: Connection, company_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """Return the facts to score by company id; companies that do not exist are left out.

    Values of the client take precedence over those of sources. Signals are those detected within a year, and the
    confidence is that of the report that was finished last.
    """
    companies = await conn.fetch(
        """SELECT c.id, c.website, c.attributes, c.updated_at::date AS updated_on, r.confidence_score AS report,
                  r.completed_at::date AS reported_on
           FROM companies AS c LEFT JOIN LATERAL (
               SELECT confidence_score, completed_at FROM research_reports
               WHERE company_id = c.id AND completed_at IS NOT NULL ORDER BY completed_at DESC LIMIT 1) AS r ON true
           WHERE c.id = ANY($1)""",
        company_ids,
    )
    fields = await list_fields(conn, company_ids)
    signals = await _list_signals(conn, company_ids)
    facts: dict[UUID, Facts] = {}
    for company in companies:
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        dates: dict[str, date] = {}
        for field in reversed(fields.get(company["id"], [])):  # the most trusted source comes last and overwrites
            values[field.field] = field.value
            sources[field.field] = field.url or field.source
            dates[field.field] = field.fetched_at.date()
        given = {"website": company["website"]} if company["website"] else {}
        given |= load_stored_object(company["attributes"])
        facts[company["id"]] = Facts(
            values | given,
            sources | dict.fromkeys(given, CLIENT),
            signals[company["id"]],
            company["report"],
            dates | dict.fromkeys(given, company["updated_on"]),
            company["reported_on"],
        )
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
    """Store a score, also as the newest of its company; `total` includes the points of the model's opinion `ai`."""
    await conn.execute(
        """WITH inserted AS (
               INSERT INTO lead_scores (id, company_id, job_id, score, features, ai) VALUES ($1, $2, $3, $4, $5, $6)
           )
           UPDATE companies SET score = $4 WHERE id = $2""",
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
    return None if row is None else _lead_score(row)


def _lead_score(row: asyncpg.Record) -> LeadScore:
    return LeadScore(
        score=row["score"],
        features=load_stored_object(row["features"]),
        ai=load_stored_object(row["ai"]) if row["ai"] else None,
        job_id=row["job_id"],
        computed_at=row["computed_at"],
    )


async def list_current(
    conn: Connection, filters: ScoreFilters, *, after: ScorePlace | None = None, limit: int, offset: int = 0
) -> Page[CompanyScore]:
    """Return a page of the newest scores of all companies, highest first, of those behind `after`."""
    where = filters.conditions()
    total = await count_or_estimate(conn, f"SELECT FROM lead_scores AS s WHERE {where}", where.args)
    return Page.of(await _list_current(conn, where, after, limit + 1, offset), limit, total)


async def list_current_for_export(
    conn: Connection, filters: ScoreFilters, *, after: ScorePlace | None, limit: int
) -> list[CompanyScore]:
    """Return the next ones of `list_current`."""
    return await _list_current(conn, filters.conditions(), after, limit, 0)


async def _list_current(
    conn: Connection, where: Conditions, after: ScorePlace | None, limit: int, offset: int
) -> list[CompanyScore]:
    if after is not None:  # the first comparison is for the index
        where.add("s.score <= {0} AND (-s.score, s.company_id) > (-{0}::float8, {1})", after.score, after.company_id)
    rows = await conn.fetch(
        f"""SELECT s.*, c.name AS company_name, c.external_id FROM (
                SELECT company_id, score, features, ai, job_id, computed_at FROM lead_scores AS s WHERE {where}
                ORDER BY score DESC, company_id LIMIT {where.arg(limit)} OFFSET {where.arg(offset)}
            ) AS s JOIN companies AS c ON c.id = s.company_id ORDER BY s.score DESC, s.company_id""",
        *where.args,
    )
    return [CompanyScore(row["company_id"], row["company_name"], row["external_id"], _lead_score(row)) for row in rows]


async def rescore(conn: Connection, company_ids: Sequence[UUID], creator: Creator) -> list[UUID]:
    """Insert a scoring job for each of these companies that has a score; return the ids of the jobs.

    To be called in the transaction that changes what scores are computed from.
    """
    rows = await conn.fetch(
        "SELECT DISTINCT company_id FROM lead_scores WHERE company_id = ANY($1) ORDER BY company_id", company_ids
    )
    new = [LEAD_SCORING.new_job(ScoringArgs(company_ids=[row["company_id"]]), total_items=1) for row in rows]
    return [job.id for job in await jobs.insert(conn, new, creator)] if new else []
