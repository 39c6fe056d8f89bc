"""Lists and searches over many jobs, through the API: milliseconds, and whether the page is complete.

`python -m tests.benchmarks.search [--jobs 10000000] [--rounds 3]`. Filling and indexing ten million rows takes some
twenty minutes and 12 GB.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import aiohttp
import asyncpg

from tests.benchmarks.report import line
from tests.harness import ADMIN_KEY
from tests.processes import platform

MAX_MS = 300
BATCH = 250_000
# A finished job every 8 s: four kinds, 2 % failed, 250 bytes of data with words of all jobs and words of its own.
FILL = """
INSERT INTO jobs (id, kind, queue, title, status, data, result, error, attempt, max_attempts, timeout_seconds,
                  created_by, created_at, started_at, completed_at, updated_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8'
        || lpad(to_hex(n), 15, '0'))::uuid,
       kind, queue, initcap(replace(kind, '_', ' ')), CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'completed' END,
       jsonb_build_object('businessId', md5(n::text)::uuid, 'customerId', n, 'ref', md5(n::text), 'source',
           'crm export of last week', 'note', 'household ' || n || ' at ' || n % 100000 || ' Main Street, Springfield'),
       '{}', CASE WHEN n % 50 = 0 THEN 'ConnectionError: host' || n % 977 || '.example did not answer' END, 1, 3, 60,
       (SELECT id FROM users LIMIT 1), at, at, at + interval '2 s', at
FROM (SELECT n, now() - interval '8 s' * ($3 - n) AS at,
             (ARRAY['website_validation', 'email_scraping', 'social_scraping', 'company_research'])[1 + n % 4] AS kind,
             (ARRAY['websites', 'websites', 'websites', 'research'])[1 + n % 4] AS queue
      FROM generate_series($1::bigint, $2::bigint) AS n) AS rows
"""


async def fill(conn: asyncpg.Connection, jobs: int) -> None:
    """Insert the jobs without the GIN indexes, and build these afterwards."""
    indexes = await conn.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'jobs' AND indexdef LIKE '%USING gin%'"
    )
    for name, _ in indexes:
        await conn.execute(f"DROP INDEX {name}")
    for first in range(1, jobs + 1, BATCH):
        await conn.execute(FILL, first, min(jobs, first + BATCH - 1), jobs)
    await conn.execute("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        await conn.execute(definition)
    await conn.execute("VACUUM ANALYZE jobs")


async def queries(conn: asyncpg.Connection, jobs: int) -> dict[str, dict[str, str]]:
    """Return the parameters of each list by name."""
    middle = await conn.fetchval(
        "SELECT id FROM jobs WHERE data @> jsonb_build_object('customerId', $1::int)", jobs // 2
    )
    then = datetime.now(UTC) - timedelta(seconds=8 * jobs // 2)
    return {
        "all jobs": {},
        "status=failed": {"status": "failed"},
        "status=pending": {"status": "pending"},
        "type": {"type": "email_scraping"},
        "type and status": {"type": "website_validation", "status": "failed"},
        "queue": {"queue": "research"},
        "a day long ago": {"createdAfter": then.isoformat(), "createdBefore": (then + timedelta(days=1)).isoformat()},
        "q: a rare word": {"q": str(jobs // 2 + 7)},
        "q: a rare phrase of frequent and rare words": {"q": f"household {jobs // 2 + 7} at"},
        "q: nothing": {"q": "nothing like that"},
        "q: a word of every job": {"q": "springfield"},
        "q: an error": {"q": "host555.example did not answer"},
        "q: an owner": {"q": "admin"},
        "q: an id": {"q": str(middle)},
        "q: the beginning of an id": {"q": str(middle)[:23]},
        "q: two characters": {"q": "zz"},
        "dataContains: one job": {"dataContains": f'{{"customerId": {jobs // 3}}}'},
        "dataContains: every job": {"dataContains": '{"source": "crm export of last week"}'},
        "dataContains: nothing": {"dataContains": '{"customerId": 0}'},
    }


async def main(jobs: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            platform(Path(folder), durable=False) as running,
            aiohttp.ClientSession(running.url, headers={"Authorization": f"Bearer {ADMIN_KEY}"}) as http,
        ):
            conn = await asyncpg.connect(running.postgres.dsn)
            await fill(conn, jobs)
            for name, params in (await queries(conn, jobs)).items():
                taken = []
                for _ in range(rounds):
                    begun = time.perf_counter()
                    async with http.get("/api/v1/jobs", params=params) as response:
                        page = await response.json()
                        assert response.status == 200, page
                    taken.append((time.perf_counter() - begun) * 1000)
                about = "about " if page["totalIsEstimate"] else ""
                found = f"{len(page['jobs'])} of {about}{page['total']:,}{', incomplete' if page['incomplete'] else ''}"
                value = f"{median(taken):,.0f} ms (first {taken[0]:,.0f})"
                line(f"{name}: {found}", value, f"<= {MAX_MS} ms", median(taken) <= MAX_MS)
            await conn.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.jobs, arguments.rounds))
