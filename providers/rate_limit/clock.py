"""An estimate of another machine's clock."""

from __future__ import annotations

import time
from collections.abc import Callable


class RemoteClock:
    """Estimates a remote clock from timestamps in its answers.

    A timestamp was taken between request and response, so each answer bounds the offset of the clocks from both sides.
    The bounds are as tight as the fastest answer made them; slow answers do no harm. Contradicting bounds mean that a
    clock was changed or drifted; then only the newest answer counts.
    """

    def __init__(self, local: Callable[[], float] = time.monotonic) -> None:
        self._local = local
        start = time.time() - local()  # until the first answer, use our own wall clock
        self._low, self._high = start, start
        self._observed = False

    def now(self) -> float:
        """Return the remote time in seconds since the epoch; the error is at most half of the fastest round trip."""
        return self._local() + (self._low + self._high) / 2

    def local(self) -> float:
        """Return the time of the local clock, as `observe` expects it."""
        return self._local()

    def observe(self, sent: float, received: float, remote: float) -> None:
        """Use the timestamps of one answer: `remote` in seconds since the epoch, the others on the local clock."""
        low, high = remote - received, remote - sent
        if self._observed:
            tighter = max(low, self._low), min(high, self._high)
            if tighter[0] <= tighter[1]:
                low, high = tighter
        self._low, self._high, self._observed = low, high, True
