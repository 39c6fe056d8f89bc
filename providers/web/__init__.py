"""Fetches pages of the web: safe from hostile servers, polite to all, and each page once for all who want it."""

from providers.web.fetcher import Fetcher, HostBusy
from providers.web.http_client import HttpClient
from providers.web.network_policy import NetworkPolicy
from providers.web.pages import Page
from providers.web.store import MemoryStore, Store, Turn
from providers.web.urls import BadUrl, normalise_url

__all__ = [
    "BadUrl",
    "Fetcher",
    "HostBusy",
    "HttpClient",
    "MemoryStore",
    "NetworkPolicy",
    "Page",
    "Store",
    "Turn",
    "normalise_url",
]
