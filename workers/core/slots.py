"""The slots of a worker: how many jobs it may run at once, and how many it is running."""

from __future__ import annotations

import asyncio


class Slots:
    """Counts the slots of one worker. Every slot that is reserved must be released exactly once."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.used = 0
        self.closed = False
        self.released = asyncio.Event()
        """Set whenever slots are released. Callers that wait for free slots clear it first."""
        self._idle = asyncio.Event()

    def has_free(self) -> bool:
        """Whether a job may be taken."""
        return not self.closed and self.used < self.total

    def reserve(self, wanted: int) -> int:
        """Reserve up to `wanted` slots and return how many; 0 after `close`."""
        reserved = min(wanted, self.total - self.used) if self.has_free() else 0
        self.used += reserved
        return reserved

    def release(self, count: int) -> None:
        """Release `count` reserved slots."""
        if not count:
            return
        self.used -= count
        self.released.set()
        if not self.used:
            self._idle.set()

    def close(self) -> None:
        """Reserve no further slots: the worker is stopping."""
        self.closed = True

    async def wait_until_idle(self, seconds: float) -> bool:
        """Wait up to `seconds` until no slot is used. Returns whether that is the case."""
        self._idle.clear()
        if not self.used:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
