"""How a run of a job may end. Outcomes are values: a handler returns one, or a plain result, or raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from app.domain.text.storable import storable


@dataclass(frozen=True)
class Completed:
    result: str
    """JSON text of an object."""

    @classmethod
    def of(cls, result: dict[str, Any]) -> Completed:
        """Raises TypeError for a value that JSON cannot express."""
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


@dataclass(frozen=True)
class Superseded:
    """The lease was lost and the job belongs to another runner. Not an outcome: nothing may be recorded."""


Outcome = Completed | Failed | Retry | Snooze | HandOver | Interrupted | Cancelled

MAX_ERROR_CHARACTERS = 4_000
_SUFFIX_CHARACTERS = 50


def error_text(text: str) -> str:
    """Return an error as it is stored, logged and sent: storable, and cut after its first 4,000 characters.

    Applying it twice changes nothing more.
    """
    more = len(text) - MAX_ERROR_CHARACTERS
    if more <= _SUFFIX_CHARACTERS:
        return storable(text)
    return storable(f"{text[:MAX_ERROR_CHARACTERS]}… ({more:,} characters more)")


def describe_error(error: BaseException) -> str:
    """Return `TypeName: text` of an exception, cut as by `error_text`, even where its `__str__` fails."""
    name = type(error).__name__
    try:
        text = str.__str__(str(error))
    except BaseException as broken:
        return f"{name} (its text cannot be read: {type(broken).__name__})"
    return error_text(f"{name}: {text}" if text else name)
