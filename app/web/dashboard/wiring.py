"""What the dashboard keeps in the process: one feed for all its viewers."""

from __future__ import annotations

from starlette.applications import Starlette

from app.web.accounts.key_cache import key_cache
from app.web.dashboard.accounts import audit
from app.web.dashboard.core.live_updates import Feed
from app.web.dashboard.core.panels import Boards
from app.web.dashboard.geocoding import providers
from app.web.dashboard.jobs import queues, schedules, workers
from app.web.dashboard.jobs.view import describe
from app.web.platform import Platform


def open_feed(app: Starlette, platform: Platform) -> Feed:
    pool = platform.pool
    boards = Boards(
        {
            "queues": queues.board(pool),
            **{f"series-{span}": queues.series_board(pool, span) for span in queues.SPANS},
            "workers": workers.board(pool),
            "schedules": schedules.board(pool),
            "providers": providers.board(platform),
            "audit": audit.board(pool),
        }
    )

    return Feed(pool, platform.changes, describe, boards, key_cache(app).clear)
