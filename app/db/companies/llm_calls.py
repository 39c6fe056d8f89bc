"""Calls of language models: noted before they are made, with the most they can cost, and again when they ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection


@dataclass(frozen=True)
class Opened:
    id: UUID
    job_id: UUID
    purpose: str
    endpoint: str
    model: str
    reserved_tokens: int
    reserved_usd: float | None


@dataclass(frozen=True)
class Closed:
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


async def open_call(conn: Connection, call: Opened) -> None:
    await conn.execute(
        """INSERT INTO llm_calls (id, job_id, purpose, endpoint, model, reserved_tokens, reserved_usd)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        call.id,
        call.job_id,
        call.purpose,
        call.endpoint,
        call.model,
        call.reserved_tokens,
        call.reserved_usd,
    )


async def close_calls(conn: Connection, calls: Sequence[Closed]) -> None:
    await conn.executemany(
        """UPDATE llm_calls SET outcome = $2, model = coalesce($3, model), prompt_tokens = $4, completion_tokens = $5,
               cached_tokens = $6, reasoning_tokens = $7, cost_usd = $8, cost_source = $9, latency_ms = $10,
               request_id = $11 WHERE id = $1""",
        [
            (
                one.id,
                one.outcome[:500],
                one.model,
                one.prompt_tokens,
                one.completion_tokens,
                one.cached_tokens,
                one.reasoning_tokens,
                one.cost_usd,
                one.cost_source,
                one.latency_ms,
                one.request_id,
            )
            for one in calls
        ],
    )


async def spent(conn: Connection, job_id: UUID) -> tuple[int, float]:
    """Tokens and dollars of a job's calls so far; where nobody said, the most that they can have been."""
    row = await conn.fetchrow(
        """SELECT coalesce(sum(coalesce(prompt_tokens + completion_tokens, reserved_tokens)), 0)::bigint AS tokens,
                  coalesce(sum(coalesce(cost_usd, reserved_usd)), 0)::float8 AS usd
           FROM llm_calls WHERE job_id = $1""",
        job_id,
    )
    assert row is not None
    return row["tokens"], row["usd"]
