"""Outcomes of a run of a job. They are values: a handler returns one, or a plain result, or raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from app.domain.text.storable import storable
from app.domain.text.truncation import truncate


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
    """The job failed for good: no attempt is left, or another one would not help."""

    error: str


@dataclass(frozen=True)
class Retry:
    """This attempt failed; the next begins after `delay` seconds, from the checkpoint."""

    error: str
    delay: float


@dataclass(frozen=True)
class Snooze:
    """The job waits for something: its slot becomes free, and the same attempt continues after `delay` seconds."""

    delay: float
    reason: str = ""


@dataclass(frozen=True)
class HandOver:
    """The worker is stopping: another one continues the same attempt at once."""


@dataclass(frozen=True)
class Interrupted:
    """The handler lost a server: the same attempt continues, but too many interruptions without progress fail the job.

    `delay` is in seconds and doubles each time: five in a row take half a minute without a single step.
    """

    error: str
    delay: float = 1.0


@dataclass(frozen=True)
class Cancelled:
    """A user cancelled the job. Committed steps are kept."""


@dataclass(frozen=True)
class Superseded:
    """The lease was lost and the job belongs to another runner. Not an outcome: nothing may be recorded."""


Outcome = Completed | Failed | Retry | Snooze | HandOver | Interrupted | Cancelled

_CLASS_NAME: Any = vars(type)["__name__"].__get__
MAX_ERROR_CHARACTERS = 4_000
_MAX_ADDED_CHARACTERS = 200
"""For the note on what was cut, and the kind of the job."""


def error_text(text: str) -> str:
    """Return an error as it is stored, logged and sent: storable, and cut after its first 4,000 characters.

    Applying it twice changes nothing more.
    """
    return storable(truncate(text, MAX_ERROR_CHARACTERS, slack=_MAX_ADDED_CHARACTERS))


def describe_error(error: BaseException) -> str:
    """Return `TypeName: text` of an exception, cut as by `error_text`, even where its `__str__` fails."""
    name = type_name(error)
    try:
        text = str.__str__(str(error))
    except BaseException as broken:
        return f"{name} (its text cannot be read: {type_name(broken)})"
    return error_text(f"{name}: {text}" if text else name)


def type_name(value: object) -> str:
    """Return the name of a class, or of a value's class, even where the metaclass hides it."""
    name: str = _CLASS_NAME(value if issubclass(type(value), type) else type(value))
    return name


def job_error(kind: str, cause: BaseException | str) -> str:
    """Return the error of a job as users read it, `kind: cause`. Only a text that a handler returned stands alone."""
    text = describe_error(cause) if isinstance(cause, BaseException) else error_text(cause)
    return f"{kind}: {text}"
