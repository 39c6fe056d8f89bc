"""Builds the live updates that all open pages of this process share."""

from __future__ import annotations

from app.web.dashboard.accounts import audit
from app.web.dashboard.core.live_updates import LiveUpdates
from app.web.dashboard.core.panels import Panels
from app.web.dashboard.geocoding import providers
from app.web.dashboard.jobs import queue_charts, queues, schedules, workers
from app.web.dashboard.jobs.view import render_update
from app.web.platform import Platform


def build_live_updates(platform: Platform) -> LiveUpdates:
    pool = platform.pool
    panels = Panels(
        {
            "queues": queues.panel(pool),
            **{f"series-{span}": queue_charts.panel(pool, span) for span in queue_charts.SPANS},
            "workers": workers.panel(pool),
            "schedules": schedules.panel(pool),
            "providers": providers.panel(platform),
            "audit": audit.panel(pool),
        },
        platform.changes.now_ms,
    )

    return LiveUpdates(pool, platform.changes, render_update, panels)
