"""One run of schemathesis against a platform of its own."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.contract import document
from tests.harness import ADMIN_KEY
from tests.processes import Platform

# Not `ignored_auth`: it sends so many wrong keys that they are refused with 429; tests/security has a matrix of routes.
# Not `negative_data_rejection`: some batches report their invalid entries one by one.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "missing_required_header",
    "use_after_free",
)
ALL_PHASES = "examples,coverage,fuzzing,stateful"
"""Those of schemathesis; `coverage` alone sends some seventy requests per operation, whatever the number of cases."""
PROBE_SECONDS = 0.05


@dataclass(frozen=True)
class Run:
    status: int
    """0 if nothing was found."""
    output: str
    requests: int
    longest_stall: float
    """Seconds for which the event loop of the API answered nothing at all."""


async def fuzz(folder: Path, cases: int, seed: int | None = None, *, phases: str = ALL_PHASES) -> Run:
    """Send about this many requests, and links between them, to a platform with one worker."""
    platform = Platform(folder)
    await platform.open(workers=1)
    try:
        stalls: list[float] = []
        probing = asyncio.create_task(_probe(platform.url, stalls))
        process = await asyncio.create_subprocess_exec(
            *_command(platform.url, cases, seed, phases),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=folder,
        )
        output = (await process.communicate())[0].decode()
        probing.cancel()
        await asyncio.wait({probing})
    finally:
        await platform.close()
    assert process.returncode is not None
    counted = re.search(r"(\d[\d,]*) generated", output)
    requests = int(counted[1].replace(",", "")) if counted else 0
    return Run(process.returncode, output, requests, max(stalls, default=0.0))


def _command(url: str, cases: int, seed: int | None, phases: str) -> list[str]:
    operations = sum(len(methods) for methods in document()["paths"].values())
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/openapi.json",
        "--checks",
        ",".join(CHECKS),
        "--header",
        f"Authorization: Bearer {ADMIN_KEY}",
        "--phases",
        phases,
        "--max-examples",
        str(max(1, cases // operations)),
        "--suppress-health-check=all",
        "--no-color",
        "--continue-on-failure",
        *(["--seed", str(seed)] if seed is not None else []),
    ]


async def _probe(url: str, stalls: list[float]) -> None:
    async with aiohttp.ClientSession(url) as client:
        while True:
            started = time.monotonic()
            with contextlib.suppress(aiohttp.ClientError):
                async with client.get("/healthz"):
                    stalls.append(time.monotonic() - started)
            await asyncio.sleep(PROBE_SECONDS)
