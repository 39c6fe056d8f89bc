"""Research: how fast requests are accepted, how long a report takes, and whether its citations hold.

python -m tests.benchmarks.companies [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from tests import harness
from tests.benchmarks.citations import examine
from tests.benchmarks.report import line, percentile
from tests.processes import platform
from tests.servers.llm import MODEL, LlmStandIn, Mood
from tests.servers.site import Site

CREATES_PER_SECOND = 50
MOODS = (Mood.HONEST, Mood.LIAR, Mood.MALFORMED, Mood.REFUSES, Mood.CUT_OFF)


async def creates(client: aiohttp.ClientSession, website: str, seconds: float) -> list[float]:
    """Request research of new companies at an even rate. Returns the seconds to each 202.

    They are not worked on meanwhile: on a machine of two cores that would measure the worker's share of them.
    """
    async with client.post("/api/v1/queues/research/pause", json={}) as paused:
        assert paused.status == 200, await paused.text()

    async def one(number: int) -> float:
        await asyncio.sleep(number / CREATES_PER_SECOND)
        started = time.perf_counter()
        async with client.post(f"/api/research/bench-{number}", json={"website": website}) as response:
            assert response.status == 202, await response.text()
            await response.read()
        return time.perf_counter() - started

    return list(await asyncio.gather(*(one(number) for number in range(int(seconds * CREATES_PER_SECOND)))))


async def report(client: aiohttp.ClientSession, website: str, name: str) -> tuple[float, str]:
    """Seconds from the request to the finished report, and its id."""
    async with client.post("/api/companies", json={"name": "Acme Widgets Ltd", "id": name, "website": website}) as made:
        assert made.status == 201, await made.text()
    started = time.perf_counter()
    async with client.post(f"/api/research/{name}") as asked:
        job_id = (await asked.json())["job_id"]
    job = await harness.follow(client, job_id, within=120)
    assert job["status"] == "completed", job
    return time.perf_counter() - started, job["result"]["report_id"]


async def main(seconds: float = 10.0) -> None:
    async with LlmStandIn(0.2) as llm, Site() as site:
        env = {
            "TRIGPOINT_LLM_URL": llm.url,
            "TRIGPOINT_LLM_MODEL": MODEL,
            "TRIGPOINT_FETCH_ALLOW": "127.0.0.0/8",
            "TRIGPOINT_FETCH_GAP_SECONDS": "0",
            "TRIGPOINT_RESEARCH_QUOTA": "100000",
        }
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            running = await stack.enter_async_context(platform(folder, env=env))
            client = await stack.enter_async_context(harness.session(running.url, harness.ADMIN_KEY))
            took = [await report(client, site.url, f"r{number}") for number in range(5)]
            middle = percentile([one for one, _ in took], 0.5)
            line("research, 8 calls of 200 ms, 4 at once, p50", f"{middle:.2f} s", "", True)
            ids = [report_id for _, report_id in took]
            for mood in MOODS[1:]:
                llm.be(mood)
                ids.append((await report(client, site.url, f"r-{mood}"))[1])
            llm.be(Mood.HONEST)
            examined = [await examine(client, one) for one in ids]
            citations = sum(one.citations for one in examined)
            bad = sum(len(one.failures) for one in examined)
            share = f"{100 * (1 - bad / citations):.1f} % of {citations}"
            line(f"citations that hold, {len(MOODS)} kinds of model", share, "100 %", not bad)
            times = await creates(client, site.url, seconds)
            p95 = 1000 * percentile(times, 0.95)
            line(f"POST to 202 under {CREATES_PER_SECOND} creates/s, p95", f"{p95:.1f} ms", "<= 50 ms", p95 <= 50)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of creating")
    asyncio.run(main(parser.parse_args().seconds))
