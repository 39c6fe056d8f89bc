"""Turns: who may use one of a limited number of places next, fairly between owners."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from contextvars import ContextVar

OWNER: ContextVar[str] = ContextVar("turn_owner", default="")
"""For whom the current task works: the user of a request, or empty for the process itself."""


class NoTurn(TimeoutError):
    """All places stayed taken for as long as the caller was willing to wait."""


class Turns:
    """Gives `places` to callers. Owners take turns; callers of the same owner are served in order of arrival.

    So an owner with a thousand callers does not hold up the single caller of another.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def take_free(self) -> bool:
        """Take a place if one is free."""
        if self._free > 0:
            self._free -= 1
            return True
        return False

    async def take(self, seconds: float) -> None:
        """Wait up to `seconds` for a place. Raises NoTurn, or what `fail_waiting` was called with."""
        if self.take_free():
            return
        owner = OWNER.get()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(turn)
        deadline = asyncio.get_running_loop().call_later(seconds, _expire, turn, seconds)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_back()  # the place came in the moment of the cancellation
            raise
        finally:
            deadline.cancel()
            self._remove(owner, turn)

    def give_back(self) -> None:
        """Return a place: to the first caller of the next owner, if anybody waits."""
        while self._waiting:
            owner, callers = self._waiting.popitem(last=False)
            turn = callers.popleft()
            if callers:
                self._waiting[owner] = callers  # at the end: the other owners come first
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def fail_waiting(self, error: Exception) -> None:
        """Raise the error for all waiting callers, to whom a place would be of no use."""
        for callers in self._waiting.values():
            for turn in callers:
                if not turn.done():
                    turn.set_exception(error)
        self._waiting.clear()

    def _remove(self, owner: str, turn: asyncio.Future[None]) -> None:
        callers = self._waiting.get(owner)
        if callers is not None and turn in callers:
            callers.remove(turn)
            if not callers:
                del self._waiting[owner]


def _expire(turn: asyncio.Future[None], seconds: float) -> None:
    if not turn.done():
        turn.set_exception(NoTurn(f"no connection came free within {seconds:g} s"))
