"""The worker package; `arq workers.Settings` runs a worker.

`Settings` is made when it is asked for: importing the registry must not read the environment.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "Settings":
        import asyncio

        import uvloop

        from app.settings import load
        from workers.main import arq_settings

        asyncio.set_event_loop(uvloop.new_event_loop())  # which arq's worker then takes
        return arq_settings(load())
    raise AttributeError(name)
