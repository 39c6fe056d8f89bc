"""Jobs of the company kinds in the words of their document: queued, active, completed, failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from asyncpg import Record

from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import Status

KINDS = frozenset({"company_research", "company_enrichment", "lead_scoring", "signal_detection"})
WORDS: dict[str, str] = {Status.PENDING: "queued", Status.PROCESSING: "active"}
"""The others are the same there."""


def status_of(row: Record) -> str:
    return WORDS.get(row["status"], str(row["status"]))


def job(row: Record, usual_seconds: float) -> tuple[dict[str, Any], int]:
    """The answer and its status code: 202 until the job has ended. `usual_seconds` is what jobs of the kind take."""
    percent = progress(row["processed_items"], row["total_items"], completed=row["status"] == Status.COMPLETED)
    shown: dict[str, Any] = {"id": str(row["id"]), "status": status_of(row), "progress": percent}
    ended = {"type": row["kind"], "queue": row["queue"], "completed_at": row["completed_at"]}
    match row["status"]:
        case Status.COMPLETED:
            result = orjson.Fragment(row["result"] or "null")
            return {"job": shown | {"result": result}, "result": result, **ended}, 200
        case Status.FAILED:
            return {"job": shown | {"error": row["error"]}, "error": row["error"], **ended}, 200
        case Status.CANCELLED:
            return {"job": shown, "error": row["error"], **ended}, 200
    eta = eta_seconds(row["processed_items"], row["total_items"], row["running_seconds"])
    return {
        "job": shown,
        "type": row["kind"],
        "queue": row["queue"],
        "progress": percent,
        "created_at": row["created_at"],
        "started_at": row["started_at"],
        "estimated_completion": _estimate(row, usual_seconds),
        "poll_interval_ms": poll_interval_ms(row["age_seconds"], eta),
    }, 202


def _estimate(row: Record, usual_seconds: float) -> datetime:
    """From what such jobs take; one that takes longer is said to be about to end."""
    now = datetime.now(UTC)
    begins: datetime = row["started_at"] or row["run_at"] or now
    return max(max(begins, now - timedelta(days=1)) + timedelta(seconds=usual_seconds), now + timedelta(seconds=1))
