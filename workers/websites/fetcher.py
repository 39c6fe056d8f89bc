"""The fetcher as the settings want it, for a worker and for whatever runs jobs."""

from __future__ import annotations

from app.db.core.pool import Pool
from app.settings import Settings
from providers.web import Agent, Fetcher, Reach
from workers.websites.postgres_store import PostgresStore


def build_fetcher(settings: Settings, pool: Pool) -> Fetcher:
    """To be closed by its maker; needs a running loop."""
    agent = Agent(settings.user_agent, Reach(settings.fetch_allow))
    return Fetcher(agent, PostgresStore(pool), gap=settings.fetch_gap_seconds)
