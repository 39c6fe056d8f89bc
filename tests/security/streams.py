"""Reading server-sent events to their end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp

IN_TIME_SECONDS = 5.0
"""Within this time, everything ends that a revoked access has opened."""


@dataclass
class Feed:
    """An open stream, read in the background."""

    session: aiohttp.ClientSession
    path: str
    text: str = ""
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> str:
        """Return the whole stream, once the server has ended it."""
        async with self.session.get(self.path) as response:
            assert response.status == 200, await response.text()
            async for block in response.content.iter_any():
                self.text += block.decode()
                self.opened.set()
        return self.text

    async def open(self) -> asyncio.Task[str]:
        """Start reading, and return when the first bytes have come."""
        task = asyncio.create_task(self.read())
        opened = asyncio.create_task(self.opened.wait())
        await asyncio.wait({task, opened}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        return task
