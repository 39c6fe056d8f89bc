"""The queries behind the pages: filtered lists, the activity of queues, points on the map."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.db.core.pool import Connection, Pool
from app.db.households import map_points
from app.db.households.map_points import MapWindow
from app.db.jobs import queues, search, views
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.filters import Filters
from app.domain.jobs.spec import NewJob
from app.web.dashboard.jobs.queue_charts import SPANS, to_columns
from tests.benchmarks import noop
from tests.scripted import SPEC

DATA: tuple[dict[str, Any], ...] = (
    {"dedupe": "Ünïcode Straße"},
    {"steps": 3, "result": {"a": [1, {"b": True}], "n": 1.5}},
    {"steps": 30, "result": {"a": [True], "n": 1}},
    {"result": {"a": "1", "quote": '"', "percent": "50% _x_"}},
    {},
)
FILTERS = (
    Filters(),
    Filters(status="pending"),
    Filters(status="failed"),
    Filters(kind="noop"),
    Filters(kind="scripted", queue="scripted"),
    Filters(queue="nothing"),
    Filters(created_after=datetime(2020, 1, 1, tzinfo=UTC)),
    Filters(created_before=datetime(2020, 1, 1, tzinfo=UTC)),
    Filters(data_contains='{"steps": 3}'),
    Filters(data_contains='{"result": {"a": [1]}}'),
    Filters(data_contains='{"result": {"a": [true]}}'),
    Filters(data_contains='{"result": {"a": [{"b": true}]}}'),
    Filters(data_contains='{"result": {"a": [{"b": 1}]}}'),
    Filters(data_contains='{"result": {"n": 1.5}}'),
    Filters(data_contains='{"result": {"n": 1.0}}'),
    Filters(data_contains='{"result": {"a": "1"}}'),
    Filters(data_contains='{"result": {}}'),
    Filters(data_contains='{"result": {"a": []}}'),
    Filters(data_contains='{"steps": 3, "result": {"n": 1.5}}'),
    *(Filters(text=text) for text in ("straße", "STRASSE", "ünïcode", "%", "_x_", '\\"', "3", "nothing", "true")),
)


async def insert(conn: Connection, admin_id: UUID) -> list[UUID]:
    await queues.declare(conn, [SPEC.queue, noop.SPEC.queue])
    new = [NewJob(SPEC, orjson.dumps(data)) for data in DATA] + [NewJob(noop.SPEC, b'{"seconds": 3}')]
    return [job.id for job in await jobs.insert(conn, new, Creator(admin_id))]


@pytest.mark.parametrize("number", range(len(FILTERS)))
async def test_a_filter_selects_the_same_jobs_in_python_as_in_sql(db_pool: Pool, admin_id: UUID, number: int) -> None:
    async with db_pool.acquire() as conn:
        await insert(conn, admin_id)
        everything = await search.list_page(conn, Filters(), None, limit=100)
        asked = await search.list_page(conn, FILTERS[number], None, limit=100)
    assert [job.id for job in everything.jobs if FILTERS[number].matches(job)] == [job.id for job in asked.jobs]
    assert asked.total == len(asked.jobs)
    assert asked.is_complete and not asked.is_estimate


async def test_a_job_is_found_by_the_beginning_of_its_id(db_pool: Pool, admin_id: UUID) -> None:
    async with db_pool.acquire() as conn:
        ids = await insert(conn, admin_id)
        for text in (str(ids[2]), str(ids[2]).upper()):
            rows = (await search.list_page(conn, Filters(text=text), None, limit=10)).jobs
            assert [job.id for job in rows] == [ids[2]]
            assert Filters(text=text).matches(rows[0])


async def test_paging_through_the_list(db_pool: Pool, admin_id: UUID) -> None:
    async with db_pool.acquire() as conn:
        ids = await insert(conn, admin_id)
        first = await search.list_page(conn, Filters(), None, limit=4)
        second = await search.list_page(conn, Filters(), None, before=first.next_before, limit=4)
    assert [job.id for job in (*first.jobs, *second.jobs)] == sorted(ids, reverse=True)
    assert first.total == len(ids)
    assert first.next_before == first.jobs[-1].id
    assert second.next_before is None


async def test_the_activity_of_a_queue(db_pool: Pool, admin_id: UUID) -> None:
    """Ten jobs that waited 1 to 10 s and ran 2 s, two of them failed."""
    async with db_pool.acquire() as conn:
        await queues.declare(conn, [noop.SPEC.queue])
        created = await jobs.insert(conn, [NewJob(noop.SPEC, b"{}")] * 10, Creator(admin_id))
        for n, job in enumerate(created, start=1):
            await conn.execute(
                """UPDATE jobs SET status = $2, completed_at = now(), started_at = now() - interval '2 s',
                       created_at = now() - interval '2 s' - make_interval(secs => $3) WHERE id = $1""",
                job.id,
                "failed" if n <= 2 else "completed",
                float(n),
            )
        rows = await views.list_activity(conn, *SPANS["1h"])
        await conn.execute(
            """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, status,
                                 created_at, started_at, completed_at)
               SELECT gen_random_uuid(), 'noop', 'noop', '{}', 1, 60, $1, 'completed', at, at, at
               FROM (SELECT now() - interval '1 day' - n * interval '1 s' AS at FROM generate_series(1, 20000) AS n)""",
            admin_id,
        )
        await conn.execute("ANALYZE jobs")
        plan = "\n".join(row[0] for row in await conn.fetch("EXPLAIN " + views.ACTIVITY, timedelta(hours=1), 60.0))
    charts = to_columns(rows, *SPANS["1h"])
    columns = charts["queues"]["noop"]
    assert (sum(columns["completed"]), sum(columns["failed"])) == (8, 2)
    assert [value for value in columns["waited50"] if value is not None] == [pytest.approx(5.5)]
    assert [value for value in columns["ran95"] if value is not None] == [pytest.approx(2.0)]
    assert len(charts["times"]) == len(columns["completed"]) == 60
    assert "jobs_finished_idx" in plan


async def test_many_points_are_clustered(db_pool: Pool) -> None:
    async with db_pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO households (id, address, country, latitude, longitude, geocoded, accuracy)
               SELECT gen_random_uuid(), 'x', 'us', 40 + (n % 40) / 100.0, -100 + (n / 40) / 100.0, true, 'street'
               FROM generate_series(0, 1599) AS n"""
        )
        part = map_points.select_all("households")
        window = await map_points.get_extent(conn, part)
        assert window is not None
        few = await map_points.list_points(conn, part, MapWindow(-100.005, 39, -99.995, 41))
        many = await map_points.list_points(conn, part, window)
        clusters = await map_points.list_clusters(conn, part, window)
    assert (window.south, window.west) == (40, -100)
    assert len(few) == 40
    assert len(many) > map_points.MAX_POINTS
    assert sum(cluster.count for cluster in clusters) == 1600
    assert len(clusters) <= (map_points.CLUSTERS_ACROSS + 1) ** 2
    assert {cluster.sort for cluster in clusters} == {"street"}


@pytest.mark.parametrize("name", map_points.LAYERS)
async def test_every_layer_can_be_queried(db_pool: Pool, name: str) -> None:
    window = MapWindow(-100, 39, -99, 41)
    part = (
        map_points.select_of_job(name, UUID(int=1)) if map_points.LAYERS[name].of_job else map_points.select_all(name)
    )
    async with db_pool.acquire() as conn:
        assert await map_points.get_extent(conn, part) is None
        assert await map_points.list_points(conn, part, window) == []
        assert await map_points.list_clusters(conn, part, window) == []
