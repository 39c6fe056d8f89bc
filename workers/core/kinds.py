"""What a module of `workers.jobs` gives: its spec and its handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.domain.jobs import JobSpec
from app.domain.outcomes import Outcome
from workers.context import JobContext

Handler = Callable[[JobContext, Any], Awaitable["dict[str, Any] | Outcome"]]


@dataclass(frozen=True)
class Kind:
    spec: JobSpec
    run: Handler
