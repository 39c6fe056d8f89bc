"""Calls of language models: inserted before the call with the most it can cost, completed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import named_lock
from app.db.core.pool import Connection

MAX_OUTCOME_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class StartedCall:
    """A call that is about to be made; `reserved_…` is the most that it can cost."""

    id: UUID
    job_id: UUID
    user_id: UUID
    """The user whose job it is."""
    purpose: str
    endpoint: str
    model: str
    reserved_tokens: int
    reserved_usd: float | None


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """The end of a call; values that are not known are None."""

    id: UUID
    outcome: str
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    cost_source: str | None = None
    latency_ms: int | None = None
    request_id: str | None = None


async def insert_started(conn: Connection, call: StartedCall) -> None:
    """Insert a call before it is made."""
    await conn.execute(
        """INSERT INTO llm_calls (id, job_id, user_id, purpose, endpoint, model, reserved_tokens, reserved_usd)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        call.id,
        call.job_id,
        call.user_id,
        call.purpose,
        call.endpoint,
        call.model,
        call.reserved_tokens,
        call.reserved_usd,
    )


async def update_finished(conn: Connection, calls: Sequence[FinishedCall]) -> None:
    """Store how calls ended; outcomes are cut to MAX_OUTCOME_CHARACTERS."""
    await conn.executemany(
        """UPDATE llm_calls SET outcome = $2, model = coalesce($3, model), prompt_tokens = $4, completion_tokens = $5,
               cached_tokens = $6, reasoning_tokens = $7, cost_usd = $8, cost_source = $9, latency_ms = $10,
               request_id = $11 WHERE id = $1""",
        [
            (
                call.id,
                call.outcome[:MAX_OUTCOME_CHARACTERS],
                call.model,
                call.prompt_tokens,
                call.completion_tokens,
                call.cached_tokens,
                call.reasoning_tokens,
                call.cost_usd,
                call.cost_source,
                call.latency_ms,
                call.request_id,
            )
            for call in calls
        ],
    )


async def get_spending(conn: Connection, job_id: UUID) -> tuple[int, float]:
    """Return the tokens and US dollars that a job's calls used so far.

    A call that did not finish, or whose provider reported no usage, counts with what was reserved for it.
    """
    row = await conn.fetchrow(
        """SELECT coalesce(sum(coalesce(prompt_tokens + completion_tokens, reserved_tokens)), 0)::bigint AS tokens,
                  coalesce(sum(coalesce(cost_usd, reserved_usd)), 0)::float8 AS usd
           FROM llm_calls WHERE job_id = $1""",
        job_id,
    )
    assert row is not None  # an aggregate always returns a row
    return row["tokens"], row["usd"]


async def get_user_spending(conn: Connection, user_id: UUID) -> tuple[int, float]:
    """Return the tokens and US dollars that the calls of a user's jobs took this month (UTC), counted in the same way.

    Until the end of the transaction, no other job of the user gets past this, so that two cannot spend the same rest.
    """
    await locks.acquire(conn, named_lock("llm budget", str(user_id)))
    row = await conn.fetchrow(
        """SELECT coalesce(sum(coalesce(prompt_tokens + completion_tokens, reserved_tokens)), 0)::bigint AS tokens,
                  coalesce(sum(coalesce(cost_usd, reserved_usd)), 0)::float8 AS usd
           FROM llm_calls WHERE user_id = $1 AND at >= date_trunc('month', now())""",
        user_id,
    )
    assert row is not None  # an aggregate always returns a row
    return row["tokens"], row["usd"]


async def get_usage(conn: Connection, job_id: UUID) -> dict[str, Any]:
    """Return the summed usage of a job's calls: `calls`, `lost_calls`, tokens by type, `cost_usd`, `cost_sources`.

    A lost call, one that never finished, counts with the cost that was reserved for it.
    """
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
    assert row is not None  # an aggregate always returns a row
    return {**row, "cost_sources": row["cost_sources"] or []}
