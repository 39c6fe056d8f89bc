"""Searching and listing jobs: what is found, beyond the window too, and whether the page says that it is incomplete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from app.db.accounts import users
from app.db.core import pages
from app.db.core.pool import Connection, Pool
from app.db.jobs import queues, search
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.filters import Filters
from app.domain.jobs.spec import NewJob
from tests.integration.jobs.test_admission_plan import nodes, plan
from tests.scripted import SPEC

JOBS = 3_000
WINDOW = 500

# One job per minute, the oldest first: each has a number, every 40th has failed, and every 1,000th holds a slot.
FILL = """
INSERT INTO jobs (id, kind, queue, title, data, status, error, max_attempts, timeout_seconds, created_by, created_at,
                  completed_at, lease_until, worker_id)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
       'scripted', 'scripted', 'Scripted', jsonb_build_object('note', 'household ' || lpad(n::text, 6, '0')),
       CASE WHEN n % 1000 = 0 THEN 'processing' WHEN n % 40 = 0 THEN 'failed' ELSE 'completed' END,
       CASE WHEN n % 40 = 0 AND n % 1000 > 0 THEN 'no route to host-' || n END, 1, 60, $1, at,
       CASE WHEN n % 1000 > 0 THEN at END, CASE WHEN n % 1000 = 0 THEN now() + interval '1 h' END,
       CASE WHEN n % 1000 = 0 THEN gen_random_uuid() END
FROM (SELECT n, now() - make_interval(mins => $2 - n) AS at FROM generate_series(1, $2) AS n) AS rows
"""


@pytest.fixture
async def conn(db_pool: Pool, admin_id: UUID, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr(search, "WINDOW_SIZES", (WINDOW,))
    # what is found must not depend on the machine's speed
    for module, budget in ((pages, "COUNT_BUDGET_MS"), (search, "PAGE_BUDGET_MS"), (search, "INDEX_BUDGET_MS")):
        monkeypatch.setattr(module, budget, 60_000)
    async with db_pool.acquire() as conn:
        await queues.declare(conn, [SPEC.queue])
        await conn.execute(FILL, admin_id, JOBS)
        await conn.execute("ANALYZE jobs")
        yield conn


async def notes(conn: Connection, page: search.JobPage) -> list[str]:
    return [job.data.removeprefix('{"note": "household ').removesuffix('"}') for job in page.jobs]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("household 000007", ["000007"]),
        ("HOUSEHOLD 000007", ["000007"]),
        ("no route to host-1040", ["001040"]),
        ("host-2960", ["002960"]),
        ("household 001000", ["001000"]),  # holds a slot
        ("household_000007", []),
        ("household%7", []),
        ("nothing like that", []),
    ],
)
async def test_a_rare_text_is_found_wherever_it_is(conn: Connection, text: str, found: Sequence[str]) -> None:
    page = await search.list_page(conn, Filters(text=text), None, limit=50)
    assert await notes(conn, page) == found
    assert (page.total, page.is_estimate, page.is_complete, page.next_before) == (len(found), False, True, None)


@pytest.mark.parametrize("contained", ['{"note": "household 000007"}', '{"note": "household 001000"}', '{"x": 1}'])
async def test_contained_data_is_found_wherever_it_is(conn: Connection, contained: str) -> None:
    page = await search.list_page(conn, Filters(data_contains=contained), None, limit=50)
    expected = [contained[20:26]] if "note" in contained else []
    assert await notes(conn, page) == expected
    assert (page.total, page.is_estimate, page.is_complete) == (len(expected), False, True)


async def test_title_kind_owner_and_id_are_searched(conn: Connection, admin_id: UUID) -> None:
    user = await users.insert(conn, "zoe.quill@example.com", "Zoë Quill", "user")
    assert user is not None
    owner = user.id
    new = [NewJob(SPEC, b'{"steps": 1}', title="Research · Acme Widgets Ltd"), NewJob(SPEC, b'{"steps": 2}')]
    first, second = [job.id for job in await jobs.insert(conn, new, Creator(owner))]
    await conn.execute(FILL.replace("make_interval(mins => $2 - n)", "make_interval(mins => -n)"), admin_id, 900)
    for text, expected in {
        "acme widgets": {first},
        "zoë quill": {first, second},
        "ZOE.QUILL@": {first, second},
        str(second): {second},
        str(second)[:30].upper(): {second},
        str(second)[1:]: set(),
    }.items():
        page = await search.list_page(conn, Filters(text=text), None, limit=50)
        assert {job.id for job in page.jobs} == expected, text
        assert page.is_complete, text
    page = await search.list_page(conn, Filters(text="acme widgets"), admin_id, limit=50)
    assert page.jobs == [], "another user's job"


async def test_a_frequent_text_has_an_estimated_total_and_its_pages_show_each_job_once(conn: Connection) -> None:
    seen: list[str] = []
    before, estimates = None, []
    while True:
        page = await search.list_page(conn, Filters(text="household"), None, before=before, limit=400)
        seen += await notes(conn, page)
        estimates.append(page.is_estimate)
        before = page.next_before
        if before is None:
            break
    assert seen == [f"{n:06}" for n in range(JOBS, 0, -1)]
    assert estimates[0], "the window was full of matches, so nothing counted the others"


async def test_a_search_text_too_short_for_the_index_is_reported_as_incomplete(conn: Connection) -> None:
    await conn.execute(
        """UPDATE jobs SET data = '{"note": "ŧŋ"}' WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 3)"""
    )
    page = await search.list_page(conn, Filters(text="ŧŋ"), None, limit=50)
    assert (page.jobs, page.is_complete, page.is_estimate) == ([], False, True)
    rounds = 0
    while not page.jobs:
        assert page.next_before is not None and not page.is_complete
        page = await search.list_page(conn, Filters(text="ŧŋ"), None, before=page.next_before, limit=50)
        rounds += 1
    assert len(page.jobs) == 3
    assert rounds == JOBS // WINDOW - 1


async def test_a_list_that_takes_too_long_continues_with_its_cursor(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Filters(status="failed", queue="scripted")
    whole = await search.list_page(conn, slow, None, limit=1000)
    assert len(whole.jobs) == JOBS // 40 - JOBS // 1000
    monkeypatch.setattr(search, "_fetch_ids", lambda *args, **settings: _none())
    found, before = [], None
    while True:
        page = await search.list_page(conn, slow, None, before=before, limit=5)
        found += [job.id for job in page.jobs]
        assert page.is_complete or page.next_before is not None
        before = page.next_before
        if before is None:
            break
    assert found == [job.id for job in whole.jobs]


async def _none() -> None:
    return None


async def test_searches_use_the_indexes(conn: Connection, admin_id: UUID) -> None:
    await conn.execute("DELETE FROM jobs")
    await conn.execute(FILL, admin_id, 20_000)
    await conn.execute("ANALYZE jobs")
    for filters, index in {
        Filters(text="household 000007"): "jobs_text_idx",
        Filters(text="household 000007", status="completed"): "jobs_text_idx",
        Filters(data_contains='{"note": "household 000007"}'): "jobs_data_idx",
    }.items():
        sql, args = search.index_statement(filters, None, ["000007"] if filters.text else [], [])
        await conn.execute("SET enable_seqscan = off")
        root = await plan(conn, sql, *args)
        await conn.execute("RESET enable_seqscan")
        assert index in {node.get("Index Name") for node in nodes(root)}, filters
        assert max(node["Actual Rows"] for node in nodes(root)) <= 1000, "only candidates are read"


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "jobs_pkey"),
        (Filters(kind="nothing"), "jobs_kind_idx"),
        (Filters(status="cancelled"), "jobs_unsuccessful_idx"),
        (Filters(status="pending"), "jobs_unfinished_idx"),
        (Filters(status="processing"), "jobs_unfinished_idx"),
        (Filters(queue="nothing"), "jobs_finished_idx"),
    ],
)
async def test_lists_use_the_indexes(conn: Connection, filters: Filters, index: str) -> None:
    await conn.execute("VACUUM ANALYZE jobs")
    where = await search._conditions(conn, filters, None, None, by_id=False)
    root = await plan(conn, f"SELECT id FROM jobs AS j WHERE {where} ORDER BY id DESC LIMIT 51", *where.args)
    assert index in {node.get("Index Name") for node in nodes(root)}
    assert max(node["Actual Rows"] for node in nodes(root)) <= 51


async def test_a_range_of_creation_times_reads_no_newer_jobs(conn: Connection) -> None:
    now = await conn.fetchval("SELECT now()")
    old = Filters(created_after=now - timedelta(minutes=JOBS), created_before=now - timedelta(minutes=JOBS - 10))
    where = await search._conditions(conn, old, None, None, by_id=True)
    root = await plan(conn, f"SELECT id FROM jobs AS j WHERE {where} ORDER BY id DESC LIMIT 50", *where.args)
    read = sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes(root)[-1:])
    assert read <= 10 + search.MAX_SKEW / timedelta(minutes=1) * 2
    page = await search.list_page(conn, old, None, limit=50)
    assert await notes(conn, page) == [f"{n:06}" for n in range(10, 0, -1)][-len(page.jobs) :]
    assert 9 <= len(page.jobs) <= 10
    # ids that are not in the order of time, such as those that somebody inserted by hand, are found all the same
    await conn.execute(
        """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, created_at)
           SELECT 'ffffffff-0000-4000-8000-000000000000', kind, queue, '{"note": "by hand"}', 1, 1, created_by,
                  created_at FROM jobs WHERE data = '{"note": "household 000005"}'"""
    )
    page = await search.list_page(conn, old, None, limit=50)
    assert "by hand" in page.jobs[0].data
