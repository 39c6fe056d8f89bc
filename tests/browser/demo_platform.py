"""Runs a platform that is filled with a campaign's and a sales team's data: `python -m tests.browser.demo_platform`.

It prints its address and the administrator's key, and runs until it is interrupted; nothing is left behind.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path

from tests import harness
from tests.acceptance.commands import Up, environment
from tests.browser import sales_data, sample_data


async def main() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory() as folder:
        env = environment(
            TRIGPOINT_ADMIN_KEY=harness.ADMIN_KEY,
            TRIGPOINT_GEOCODERS="offline",
            TRIGPOINT_EXTRA_KINDS="tests.benchmarks.noop,tests.scripted",
        )
        up = Up(Path(folder) / "data", env)
        try:
            url = up.start().url
            async with harness.session(url, harness.ADMIN_KEY) as client:
                await sample_data.create(client)
                await sales_data.create(client, up.dsn)
            print(f"{url} - sign in with {harness.ADMIN_KEY}, stop with Ctrl-C", flush=True)
            await stopped.wait()
        finally:
            up.close()


if __name__ == "__main__":
    asyncio.run(main())
