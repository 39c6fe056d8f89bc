"""The protocol between senders and workers: names of queues and channels, the function of a dispatch, its encoding."""

from __future__ import annotations

from typing import Any

import orjson

FUNCTION = "dispatch"
"""The name of the only arq function."""


def serialize(value: Any) -> bytes:
    """Encode an arq job as JSON."""
    return orjson.dumps(value, default=str)


def deserialize(raw: bytes) -> Any:
    """Decode an arq job. Raises orjson.JSONDecodeError."""
    return orjson.loads(raw)


def queue_name(prefix: str, route: str) -> str:
    """Return the name of a route's arq queue: the key of its sorted set."""
    return f"{prefix}:{route}"


def wake_channel(queue: str) -> str:
    """Return the channel on which senders wake the workers of an arq queue."""
    return f"{queue}:wake"
