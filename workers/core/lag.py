"""How late a worker's event loop does what is due: what a handler that blocks it costs all others."""

from __future__ import annotations

import asyncio

EVERY_SECONDS = 0.25


class LoopLag:
    def __init__(self) -> None:
        self._worst = 0.0

    def take(self) -> float:
        """The worst since it was taken last, in milliseconds."""
        worst, self._worst = self._worst, 0.0
        return worst * 1000

    async def measure(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY_SECONDS
            await asyncio.sleep(EVERY_SECONDS)
            self._worst = max(self._worst, loop.time() - due)
