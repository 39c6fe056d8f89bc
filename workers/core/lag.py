"""Lag of a worker's event loop: the price that all jobs pay for a handler that blocks it."""

from __future__ import annotations

import asyncio
import time

from app.metrics import LOOP_LAG

SAMPLE_SECONDS = 0.25


class LoopLag:
    """Measures how late the event loop runs what is due."""

    def __init__(self) -> None:
        self._worst_seconds = 0.0
        self.measured_at = time.monotonic()
        """When the loop last ran, on the monotonic clock, which is the loop's."""

    def take(self) -> float:
        """Return the worst lag in milliseconds since the last call."""
        worst, self._worst_seconds = self._worst_seconds, 0.0
        return worst * 1000

    async def measure(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            self.measured_at = loop.time()
            late = max(0.0, self.measured_at - due)
            LOOP_LAG.observe(late)
            self._worst_seconds = max(self._worst_seconds, late)
