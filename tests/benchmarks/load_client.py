"""Clients that use little CPU: one process with keep-alive connections and prepared requests.

`python -m tests.benchmarks.load_client` reads a plan as JSON from its input and prints what came back as JSON.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from itertools import count
from typing import Any, cast

KEY = b"{key}"
"""Stands in a request for a key that no other request has."""


class Client(asyncio.Protocol):
    """Sends its request again after every response, until the end."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        if time.perf_counter() >= self._group.until:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(self._group.next_request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = b""
        self._group.record(int(head[9:12]), time.perf_counter() - self._sent, body)
        if self._group.pause:
            asyncio.get_running_loop().call_later(self._group.pause, self._send)
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._group.end(exc)


class Group:
    """Clients with the same request."""

    def __init__(self, plan: dict[str, Any], until: float) -> None:
        self._request: bytes = plan["request"].encode()
        self._keys = (f"{secrets.token_hex(8)}-{number}" for number in count())
        self.pause: float = plan.get("pause", 0.0)
        self.until = until
        self._keep = plan.get("keep_ids", False)
        self._open = plan["clients"]
        self.statuses: Counter[str] = Counter()
        self.taken: list[float] = []
        self.ids: list[str] = []
        self.ended = asyncio.Event()

    def next_request(self) -> bytes:
        """Return the request, with a new key where it says KEY."""
        return self._request.replace(KEY, next(self._keys).encode()) if KEY in self._request else self._request

    def record(self, status: int, seconds: float, body: bytes) -> None:
        self.statuses[str(status)] += 1
        self.taken.append(seconds)
        if self._keep and status == 202:
            self.ids.append(json.loads(body)["jobId"])

    def end(self, error: Exception | None) -> None:
        if error is not None or time.perf_counter() < self.until:
            self.statuses["lost"] += 1
        self._open -= 1
        if self._open == 0:
            self.ended.set()


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + plan["seconds"]
    groups = {name: Group(group, until) for name, group in plan["groups"].items()}
    for name, group in groups.items():
        for _ in range(plan["groups"][name]["clients"]):
            await loop.create_connection(lambda group=group: Client(group), plan["host"], plan["port"])  # type: ignore[misc]
    await asyncio.gather(*(group.ended.wait() for group in groups.values()))
    return {
        name: {"statuses": group.statuses, "taken": group.taken, "ids": group.ids} for name, group in groups.items()
    }


if __name__ == "__main__":
    import uvloop

    json.dump(uvloop.run(main(json.load(sys.stdin))), sys.stdout)
