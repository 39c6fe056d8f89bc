"""docs/dashboard.md lists every page."""

from __future__ import annotations

import re
from pathlib import Path

from app.web.dashboard.routes import PAGES

DOCUMENT = Path(__file__).parents[3] / "docs" / "dashboard.md"
NOT_PAGES = (
    "/static",
    "/live",
    "/favicon.ico",
    "/queues/series",
    "/map/places",
    "/admin/queues",
    "/api/admin/bull-board",
)
"""Paths that scripts and browsers load, and redirects."""


def test_every_page_is_described() -> None:
    described = {
        path
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("|")
        for path in re.findall(r"`(/[^`]*)`", line)
    }
    pages = {route.path for route in PAGES if "GET" in (route.methods or ())}
    assert described == {path for path in pages if not path.startswith(NOT_PAGES)}
