"""Pages of the open web: fetched safely, politely, and once for all who want them."""

from providers.web.fetcher import Fetcher, HostBusy
from providers.web.http_client import Agent
from providers.web.network_policy import Reach
from providers.web.pages import Page
from providers.web.store import MemoryStore, Store, Turn
from providers.web.urls import BadUrl, normalise

__all__ = [
    "Agent",
    "BadUrl",
    "Fetcher",
    "HostBusy",
    "MemoryStore",
    "Page",
    "Reach",
    "Store",
    "Turn",
    "normalise",
]
