"""A kind of job: its spec and its handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.domain.jobs.outcomes import Outcome
from app.domain.jobs.spec import JobSpec
from workers.core.context import JobContext

Handler = Callable[[JobContext, Any], Awaitable["dict[str, Any] | Outcome"]]


@dataclass(frozen=True)
class Kind:
    spec: JobSpec
    run: Handler
