"""The websites of 200 businesses, three jobs each, compared with Scrapy: `python -m tests.benchmarks.web`.

The sites are on the loopback, each on an address of its own, with six pages and a robots.txt; each gets one request at
a time. Our time is that from the request that creates the businesses to the end of the last of the 600 jobs: every
page is fetched, validated and scraped for addresses and profiles, and the results are in Postgres. A few businesses
before that warm up the platform. Scrapy crawls the same pages from as many hosts at once, with one regular expression
for addresses, and stores nothing; `--scrapy-python` is a Python that has it. Its time starts when the spider opens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp

from tests.benchmarks.jobs import tree_cpu
from tests.benchmarks.report import spread
from tests.harness import ADMIN_KEY
from tests.processes import Platform, platform
from tests.servers.sites import Sites

BUSINESSES = 200
WARM_UP_BUSINESSES = 20
CONCURRENT_HOSTS = 60
"""Each gets one request of Scrapy, or the three jobs of a business."""
NET = 20
"""The sites are on 127.NET.0.0/16."""
POLL_SECONDS = 0.05


async def serve() -> None:
    """Run the sites: print their URLs, and the log of requests for each line of the input."""
    async with Sites(BUSINESSES + WARM_UP_BUSINESSES, NET) as sites:
        print(json.dumps([sites.url(n) for n in range(BUSINESSES + WARM_UP_BUSINESSES)]), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "reset":
                sites.log.clear()
            print(json.dumps([[entry.at, entry.until, entry.host, entry.path] for entry in sites.log]), flush=True)


class Server:
    """The sites, in a process of their own."""

    def __init__(self) -> None:
        argv = [sys.executable, "-m", "tests.benchmarks.web", "--serve"]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        urls: list[str] = self._read()
        self.urls, self.warm_up_urls = urls[:BUSINESSES], urls[BUSINESSES:]

    @property
    def pid(self) -> int:
        return self._process.pid

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def log(self, reset: bool = False) -> list[tuple[float, float, str, str]]:
        assert self._process.stdin is not None
        self._process.stdin.write("reset\n" if reset else "log\n")
        self._process.stdin.flush()
        return [tuple(entry) for entry in self._read()]

    def close(self) -> None:
        self._process.communicate("", timeout=10)


async def ours(server: Server, folder: Path, workers: int, gap: float) -> float:
    """Run the 600 jobs and return the seconds that they took."""
    env = {
        "TRIGPOINT_FETCH_ALLOW": "127.0.0.0/8",
        "TRIGPOINT_FETCH_GAP_SECONDS": str(gap),
        "WEBSITES_WORKER_CONCURRENCY": str(3 * CONCURRENT_HOSTS),
        "WORKER_SLOTS": str(3 * CONCURRENT_HOSTS),
        "TRIGPOINT_WORKER_CONNECTIONS": "5",  # with 10 it is an eighth slower: each has its own plans
        "TRIGPOINT_LOG_LEVEL": "WARNING",
        "TRIGPOINT_MX_LOOKUPS": "false",
    }
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    async with (
        platform(folder, workers=workers, env=env) as running,
        aiohttp.ClientSession(running.url, headers=headers) as http,
    ):
        await asyncio.sleep(2)  # until the workers are idle
        await finish(http, server.warm_up_urls)
        server.log(reset=True)
        started, before = perf_counter(), cpu_seconds_by_part(running, server)
        await finish(http, server.urls)
        seconds = perf_counter() - started
        parts = {name: after - before[name] for name, after in cpu_seconds_by_part(running, server).items()}
        print("        computed: " + ", ".join(f"{name} {part:.2f} s" for name, part in parts.items()))
    return seconds


async def finish(http: aiohttp.ClientSession, urls: list[str]) -> None:
    """Create businesses with these websites, and wait until all their jobs have ended."""
    businesses = [{"name": f"Bakery Miller {n}", "website": url} for n, url in enumerate(urls)]
    async with http.post("/api/v1/businesses", json=businesses) as response:
        assert response.status == 201, await response.text()
    status: dict[str, Any] = {"queued": 1}
    async with asyncio.timeout(300):
        while status["queued"] or status["running"]:
            await asyncio.sleep(POLL_SECONDS)
            async with http.get("/api/jobs/status") as response:
                status = await response.json()
    assert not status["failure"], status


def cpu_seconds_by_part(running: Platform, server: Server) -> dict[str, float]:
    """Return the CPU seconds used so far."""
    assert running.api and running.postgres.process and running.valkey.process
    return {
        "workers": sum(worker.cpu_seconds() for worker in running.workers),
        "API": running.api.cpu_seconds(),
        "Postgres": tree_cpu(running.postgres.process.pid),
        "Valkey": tree_cpu(running.valkey.process.pid),
        "the sites": tree_cpu(server.pid),
    }


def check(log: list[tuple[float, float, str, str]], gap: float) -> None:
    """Assert that no page was fetched twice, and that the gap between two requests to a host was kept."""
    urls = [(host, path) for _, _, host, path in log]
    assert len(urls) == len(set(urls)), "a page was fetched twice"
    by_host: dict[str, list[tuple[float, float]]] = {}
    for at, until, host, _ in log:
        by_host.setdefault(host, []).append((at, until))
    for times in by_host.values():
        times.sort()
        for (_, until), (at, _) in zip(times, times[1:], strict=False):
            assert at - until >= gap, f"a request {at - until:.3f} s after the last response of the host"


async def our_round(server: Server, folder: Path, workers: int, gap: float) -> float:
    """Measure the platform and return the pages per second."""
    seconds = await ours(server, folder, workers, gap)
    log = server.log()
    check(log, gap)
    pages = sum(path != "/robots.txt" for *_, path in log)
    print(f"ours:   {pages} pages in {seconds:.1f} s: {pages / seconds:.0f} pages/s; 600 jobs, {workers} workers")
    return pages / seconds


async def their_round(server: Server, folder: Path, scrapy_python: str) -> float:
    """Measure Scrapy and return the pages per second."""
    urls = folder / "urls"
    urls.write_text("\n".join(server.urls))
    argv = [scrapy_python, str(Path(__file__).with_name("scrapy_spider.py")), str(urls), str(CONCURRENT_HOSTS)]
    out = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=True)
    pages, seconds = map(float, out.stdout.split()[-2:])
    print(f"scrapy: {pages:.0f} pages in {seconds:.1f} s: {pages / seconds:.0f} pages/s")
    return pages / seconds


async def main(scrapy_python: str, workers: int, gap: float, rounds: int) -> None:
    server = Server()
    speeds: list[tuple[float, float]] = []
    try:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                speed = await our_round(server, Path(folder) / "platform", workers, gap)
                theirs = await their_round(server, Path(folder), scrapy_python) if scrapy_python else 0.0
                speeds.append((speed, theirs))
    finally:
        server.close()
    print(f"ours:   {spread([speed for speed, _ in speeds])} pages/s")
    if scrapy_python:
        print(f"scrapy: {spread([theirs for _, theirs in speeds])} pages/s")
        print(f"ratio:  {spread([speed / theirs for speed, theirs in speeds])}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scrapy-python", default="", help="a Python that has Scrapy")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--gap", type=float, default=0.0, help="seconds between two requests to a host")
    parser.add_argument("--rounds", type=int, default=3, help="of ours and theirs in turn")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
    else:
        asyncio.run(main(arguments.scrapy_python, arguments.workers, arguments.gap, arguments.rounds))
