"""A job, the errors of its items and its events as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from asyncpg import Record

from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress
from app.domain.jobs.status import TERMINAL, Status

_TERMINAL = frozenset(str(status) for status in TERMINAL)


def present_job(row: Record) -> dict[str, Any]:
    """Return a row of `app.db.jobs.records` as the API shows it; stored JSON passes through unparsed."""
    status = row["status"]
    ended = status in _TERMINAL
    processed, total = row["processed_items"], row["total_items"]
    eta = eta_seconds(processed, total, row["running_seconds"]) if status == Status.PROCESSING else None
    creator = row["created_by"]
    return {
        "id": str(row["id"]),
        "type": row["kind"],
        "queue": row["queue"],
        "priority": row["priority"],
        "status": status,
        "totalItems": total,
        "processedItems": processed,
        "failedItems": row["failed_items"],
        "progress": progress(processed, total, completed=status == Status.COMPLETED),
        "attempt": row["attempt"],
        "maxAttempts": row["max_attempts"],
        "data": orjson.Fragment(row["data"]),
        "result": orjson.Fragment(row["result"]) if row["result"] else None,
        "error": row["error"],
        "errorLog": present_error_log(row["error_log"]),
        "createdBy": {"id": str(creator), "email": row["creator_email"], "name": row["creator_name"]},
        "createdAt": row["created_at"],
        "startedAt": row["started_at"],
        "completedAt": row["completed_at"],
        "runAt": row["run_at"],
        "cancelRequested": row["cancel_requested_at"] is not None,
        "etaSeconds": eta,
        "poll_interval_ms": poll_interval_ms(row["age_seconds"], eta, ended=ended),
    }


def present_error_log(text: str | None) -> list[dict[str, Any]] | None:
    """Return the job's first item errors, which its row carries as JSON text."""
    if text is None:
        return None
    return [
        present_item_error(
            entry["itemId"], entry["address"], entry["error"], datetime.fromisoformat(entry["at"]), entry["detail"]
        )
        for entry in orjson.loads(text)
    ]


def present_item_error(
    item_id: str | None, address: str | None, error: str, at: Any, detail: dict[str, Any] | None
) -> dict[str, Any]:
    """Return an item's error; `detail` are the kind's own fields.

    The item of an error with an address is a household, whose id is also shown as `householdId`.
    """
    entry: dict[str, Any] = {"itemId": item_id}
    if address is not None:
        entry |= {"householdId": item_id, "address": address}
    return entry | (detail or {}) | {"error": error, "timestamp": at}


def present_event(row: Record) -> dict[str, Any]:
    """Return an entry of a job's timeline."""
    worker = None if row["worker_id"] is None else {"id": row["worker_id"], "hostname": row["hostname"]}
    return {name: row[name] for name in ("at", "event", "attempt", "fence")} | {
        "worker": worker,
        "detail": row["detail"],
    }
