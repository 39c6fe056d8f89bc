"""The worker package; `arq workers.Settings` runs a worker.

`Settings` is made when it is asked for: importing the registry must not read the environment.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "Settings":
        import asyncio

        from app.event_loop import EventLoop
        from app.settings import load
        from app.variables import InvalidSettings
        from workers.core import exit_containment
        from workers.main import arq_settings

        loop = EventLoop()
        exit_containment.install(loop)
        asyncio.set_event_loop(loop)  # which arq's worker then takes
        try:
            return arq_settings(load(), owns_process=True)
        except InvalidSettings as error:
            raise SystemExit(str(error)) from None
    raise AttributeError(name)
