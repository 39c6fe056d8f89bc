"""Builds the fetcher from the settings, for workers and for the API's inline runner."""

from __future__ import annotations

from app.db.core.pool import Pool
from app.settings import Settings
from providers.web import Fetcher, HttpClient, NetworkPolicy
from workers.websites.postgres_store import PostgresStore


def build_fetcher(settings: Settings, pool: Pool) -> Fetcher:
    """Build the fetcher; needs a running event loop, and the caller closes it."""
    client = HttpClient(settings.user_agent, NetworkPolicy(settings.fetch_allow))
    return Fetcher(client, PostgresStore(pool), gap=settings.fetch_gap_seconds)
