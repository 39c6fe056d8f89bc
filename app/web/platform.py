"""What the web edge knows of the platform: handed over by `app.main` as `request.app.state.platform`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.db.changes import Changes
from app.db.pool import Pool
from app.dispatch import Dispatcher
from app.domain.jobs import JobSpec
from app.queue import Sender
from app.settings import Settings


@dataclass(frozen=True)
class Platform:
    settings: Settings
    pool: Pool
    specs: Mapping[str, JobSpec]
    """By kind."""
    dispatcher: Dispatcher
    sender: Sender
    changes: Changes
    geocoder_names: frozenset[str]

    def kind(self, name: str) -> JobSpec | None:
        """The spec of a kind, by its name or one of its aliases."""
        return self.specs.get(name) or next((s for s in self.specs.values() if name in s.aliases), None)
