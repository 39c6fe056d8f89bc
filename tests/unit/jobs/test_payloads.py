"""The payload of a webhook keeps its maximum size, whatever the job's error is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.db.jobs.webhooks import WebhookDelivery
from workers.jobs.webhook_delivery import MAX_PAYLOAD_BYTES, payload

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def data_of(error: str | None, result: str | None = None) -> dict[str, Any]:
    delivery = WebhookDelivery(
        url="https://example.com",
        secret="secret",
        id=UUID(int=1),
        kind="noop",
        status="failed",
        error=error,
        data="{}",
        result=result,
        total_items=None,
        processed_items=0,
        failed_items=0,
        created_at=NOW,
        completed_at=NOW,
    )
    body = payload(delivery, "job.failed")
    assert len(body) <= MAX_PAYLOAD_BYTES
    data: dict[str, Any] = orjson.loads(body)["data"]
    return data


@pytest.mark.parametrize("character", ["x", "\x01", "\U0001f600"])
def test_long_errors(character: str) -> None:
    data = data_of(character * 1_000_000)
    assert data["error"] == character * 2_000 + "… (998,000 characters more)" and data["truncated"] is True


def test_long_results() -> None:
    data = data_of("noop: broken", orjson.dumps({"text": "x" * 30_000}).decode())
    assert (data["error"], data["result"], data["truncated"]) == ("noop: broken", None, True)
    assert data_of(None, '{"a":1}')["result"] == {"a": 1}
