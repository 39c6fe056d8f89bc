"""How a run of a job may end. Outcomes are values: a handler returns one, or a plain result, or raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Completed:
    result: str
    """JSON text of an object."""

    @classmethod
    def of(cls, result: dict[str, Any]) -> Completed:
        """Raises TypeError for what JSON cannot say."""
        return cls(orjson.dumps(result, option=orjson.OPT_NON_STR_KEYS).decode().replace(r"\u0000", r"\ufffd"))


@dataclass(frozen=True)
class Failed:
    """For good; no attempt is left or none could mend it."""

    error: str


@dataclass(frozen=True)
class Retry:
    """This attempt failed; the next begins after `delay` seconds, from the checkpoint."""

    error: str
    delay: float


@dataclass(frozen=True)
class Snooze:
    """Waits for someone else: gives its slot back and goes on with the same attempt after `delay` seconds."""

    delay: float
    reason: str = ""


@dataclass(frozen=True)
class HandOver:
    """The worker stops: another goes on with the same attempt at once."""


@dataclass(frozen=True)
class Interrupted:
    """A server was lost under the handler: the same attempt goes on, but too many of these without progress fail it.

    `delay` is in seconds and doubles each time: five in a row are half a minute without a single step.
    """

    error: str
    delay: float = 1.0


@dataclass(frozen=True)
class Cancelled:
    """At a person's word; what was committed stays."""


Outcome = Completed | Failed | Retry | Snooze | HandOver | Interrupted | Cancelled
