"""Parts of pages that look the same to every administrator, rendered once for all who are viewing them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

RENDER_TIME_FACTOR = 20
"""A panel that is slow to render is rendered less often, so that it takes at most 1/20 of the time."""


@dataclass(frozen=True)
class Panel:
    """When and how a part of a page is rendered."""

    render: Callable[[], Awaitable[str]]
    """Returns HTML, or JSON for a script."""
    max_age_seconds: float
    """Rendered again after this time even if nothing was announced."""
    announcements: tuple[str, ...] = ()
    """Prefixes of the announcements after which it is rendered again."""
    follows_jobs: bool = False
    """Whether any change of a job makes it stale."""
    min_age_seconds: float = 1.0
    """Never rendered twice within this time."""


@dataclass(frozen=True)
class RenderedPanel:
    content: str
    at_ms: int
    """Unix milliseconds when rendering began: everything that happened before is included."""
    finished: float
    """Monotonic seconds."""
    render_seconds: float


@dataclass
class Panels:
    """All panels by name, with the last rendering of each."""

    by_name: Mapping[str, Panel]
    now_ms: Callable[[], int]
    """Returns the time in Unix milliseconds, by a clock that all API processes share."""
    _rendered: dict[str, RenderedPanel] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    def jobs_changed(self) -> None:
        self._stale.update(name for name, panel in self.by_name.items() if panel.follows_jobs)

    def announced(self, announcement: str) -> None:
        self._stale.update(name for name, panel in self.by_name.items() if announcement.startswith(panel.announcements))

    def render_interval_seconds(self, name: str) -> float:
        """Return the age at which the panel is rendered again while somebody views it."""
        panel = self.by_name[name]
        return panel.min_age_seconds if name in self._stale else panel.max_age_seconds

    async def get(self, name: str) -> RenderedPanel:
        """Return the panel as it is now, or as it was rendered a moment ago."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            rendered = self._rendered.get(name)
            if rendered is not None:
                max_age = max(self.render_interval_seconds(name), RENDER_TIME_FACTOR * rendered.render_seconds)
                if time.monotonic() - rendered.finished < max_age:
                    return rendered
            self._stale.discard(name)
            at_ms, started = self.now_ms(), time.monotonic()
            content = await self.by_name[name].render()
            finished = time.monotonic()
            self._rendered[name] = RenderedPanel(content, at_ms, finished, finished - started)
            return self._rendered[name]
