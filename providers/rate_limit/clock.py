"""Another machine's clock, read here without asking each time."""

from __future__ import annotations

import time
from collections.abc import Callable


class RemoteClock:
    """Estimates a remote clock from timestamps that came with its answers.

    A timestamp was taken between sending the question and receiving the answer, so each answer bounds the difference of
    the clocks from both sides; the bounds of all answers together are as tight as the fastest one made them, and a slow
    answer (or a busy loop here) spoils nothing. Bounds that contradict each other mean that a clock was set or drifted:
    the newest answer then stands alone.
    """

    def __init__(self, local: Callable[[], float] = time.monotonic) -> None:
        self._local = local
        start = time.time() - local()  # until the first answer: our own wall clock
        self._low, self._high = start, start
        self._observed = False

    def now(self) -> float:
        """The remote time at present, in seconds since the epoch; wrong by at most half of the fastest round trip."""
        return self._local() + (self._low + self._high) / 2

    def local(self) -> float:
        """The local clock that `observe` wants its times of."""
        return self._local()

    def observe(self, sent: float, received: float, remote: float) -> None:
        """Learn from one answer: `remote` in seconds since the epoch, the others on the local clock."""
        low, high = remote - received, remote - sent
        if self._observed:
            tighter = max(low, self._low), min(high, self._high)
            if tighter[0] <= tighter[1]:
                low, high = tighter
        self._low, self._high, self._observed = low, high, True
