"""Sessions of the dashboard."""

from __future__ import annotations

from tests.integration.dashboard.conftest import admin, user

__all__ = ["admin", "user"]
