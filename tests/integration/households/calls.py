"""One request and its whole response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    path: str
    raw: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.raw)


async def call(client: aiohttp.ClientSession, method: str, path: str, **options: Any) -> Answer:
    """`options` are aiohttp's: json, data, params, headers."""
    async with client.request(method, path, **options) as response:
        return Answer(response.status, response.headers, response.url.path, await response.read())
