"""Reference data that people confirmed."""

from __future__ import annotations

CONFIRMED = "confirmed"
"""The kind of such a source."""
CONFIRMED_NAME = "confirmed by people"
