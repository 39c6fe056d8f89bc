"""An API, a worker, and points of interest."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call
from workers.core.worker import Worker

Json = dict[str, Any]

BOUNDS = {"south": 21.10, "west": -86.90, "north": 21.18, "east": -86.80}
"""In Cancún: 32 by 40 cells at 0.0025°."""
CELLS = 1_280


@pytest.fixture
async def worker(settings: Settings, admin_id: UUID) -> AsyncIterator[Worker]:
    async with harness.worker(settings) as running:
        yield running


async def add_pois(pool: Pool, count: int, bounds: dict[str, float], *, seed: int = 1, source: str = "tests") -> None:
    """Insert `count` points of all categories, within the bounds and about 4 km around them."""
    draw = random.Random(seed)
    categories = ("supermarket", "convenience", "bakery", "butcher", "cinema")
    rows = [
        (
            draw.choice(categories),
            draw.uniform(bounds["south"] - 0.04, bounds["north"] + 0.04),
            draw.uniform(bounds["west"] - 0.04, bounds["east"] + 0.04),
        )
        for _ in range(count)
    ]
    await pool.execute(
        """INSERT INTO pois (source, record_id, name, category, latitude, longitude, row_hash, run)
           SELECT $1, $2::text || n, 'Place ' || n, category, latitude, longitude, gen_random_uuid(), $3
           FROM unnest($4::text[], $5::float8[], $6::float8[]) WITH ORDINALITY AS p (category, latitude, longitude, n)
        """,
        source,
        f"{seed}-",
        uuid7(),
        *(list(column) for column in zip(*rows, strict=True)),
    )


@pytest.fixture
async def pois(db_pool: Pool) -> int:
    """Insert 200 points of interest, a fifth of which do not count, and return their number."""
    await add_pois(db_pool, 200, BOUNDS)
    return 200


async def schedule(client: aiohttp.ClientSession, **body: Any) -> Json:
    answer = await call(client, "POST", "/api/heatmap/schedule", json={"bounds": BOUNDS, **body})
    assert answer.status == 202, answer.raw
    created: Json = answer.json
    return created


async def computed(client: aiohttp.ClientSession, **body: Any) -> Json:
    """The finished job."""
    created = await schedule(client, **body)
    job = await harness.follow(client, created["jobId"])
    assert job["status"] == "completed", job
    return job


async def cells(pool: Pool, step: float = 0.0025) -> dict[tuple[float, float], int]:
    rows = await pool.fetch("SELECT lat, lng, score FROM heat_cells WHERE grid_step = $1", step)
    return {(row["lat"], row["lng"]): row["score"] for row in rows}
