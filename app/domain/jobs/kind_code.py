"""Calling the code that a kind brings: validators of its arguments, its dedupe key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from app.domain.jobs.outcomes import describe_error


class KindFailed(Exception):
    """A kind's own code failed; the text names the kind and the cause."""


@contextmanager
def guard_kind_code(kind: str) -> Iterator[None]:
    """Turn whatever is raised within into KindFailed; pydantic's ValidationError passes. For synchronous code only.

    SystemExit and KeyboardInterrupt included: they would end the process.
    """
    try:
        yield
    except ValidationError:
        raise
    except BaseException as error:
        raise KindFailed(f"the code of job type {kind} failed: {describe_error(error)}") from error
