"""The API is killed and started again while a client waits for a job."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from app.client import Client
from tests.harness import ADMIN_KEY
from tests.processes import platform


async def test_waiting_survives_a_killed_api(tmp_path: Path) -> None:
    async with platform(tmp_path, durable=False) as running, Client(running.url, ADMIN_KEY) as client:
        created = await client.create_job({"type": "scripted", "data": {"steps": 80, "step_seconds": 0.05}})
        started = asyncio.Event()
        seen: list[int] = []

        def look(processed: int) -> None:
            seen.append(processed)
            if processed:
                started.set()

        waiting = asyncio.create_task(
            client.wait_for(created, on_progress=lambda job: look(job.processed_items), timeout=120)
        )
        await started.wait()
        assert running.api is not None
        await running.api.end(signal.SIGKILL)
        before = len(seen)
        await running.start_api()
        job = await waiting
        assert (job.status, job.processed_items) == ("completed", 80)
        assert len(seen) > before
        assert seen == sorted(seen)
