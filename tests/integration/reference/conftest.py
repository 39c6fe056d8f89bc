"""An API and a worker, and files of addresses."""

from __future__ import annotations

from tests.integration.imports.conftest import imported, send, settings, worker

__all__ = ["imported", "send", "settings", "worker"]
