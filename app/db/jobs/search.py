"""Pages of jobs by filters. They stay fast in a ledger of ten million jobs, and say so if they are incomplete.

Filters other than `text` and `data_contains` are served by indexes in the order of the list. For these two, there are
two ways to the matches:

* the *window*: read the newest jobs that match all other filters and test each. Finds frequent matches.
* the GIN indexes of jobs. They find rare matches.

Every statement has a time budget. If neither way is complete within it, the page has the matches of the window, and
its cursor continues below the window. So a client that follows the cursors sees every job.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.db.core.conditions import Conditions
from app.db.core.pages import Total, count_or_estimate, fetch_within
from app.db.core.pool import Connection
from app.db.jobs.filters import SEARCHED, Filters, id_range, like_pattern, uuid7_at
from app.db.jobs.job import LIST_COLUMNS, Job, to_job
from app.domain.jobs.status import Status

WINDOW_SIZES = (10_000, 1_000, 100)
"""Jobs that are read and tested without an index: as many as the budget allows."""
PAGE_BUDGET_MS = 120
INDEX_BUDGET_MS = 150
INDEX_WORK_MEMORY = "'32MB'"
"""For the bitmaps of the GIN indexes; with less, Postgres keeps whole pages and tests each job on them."""
MIN_INDEXED_CHARACTERS = 3
"""Length from which on the trigram index finds a word."""
MAX_INDEXED_WORDS = 2
SAMPLE = 1_000
"""Jobs in which the frequency of a word is measured."""
MAX_INDEXED_SHARE = 0.02
"""A word that occurs in more jobs of the sample does not narrow the search enough to look it up."""
WORD = re.compile(rf"\w{{{MIN_INDEXED_CHARACTERS},}}")
"""A word that the trigram index can look up."""
MAX_SKEW = timedelta(hours=1)
"""Between the clocks of the API processes, which make the ids, and that of the database."""


@dataclass(frozen=True, slots=True)
class JobPage:
    jobs: list[Job]
    """The newest first."""
    total: int
    """Number of jobs that match, on all pages."""
    is_estimate: bool
    """Whether `total` is an estimate."""
    next_before: UUID | None
    """The cursor of the next page; None on the last page."""
    is_complete: bool
    """False if the search stopped early, so that the page has fewer jobs than asked for and older ones may match."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The newest jobs that were tested, and those of them that match."""

    ids: Sequence[UUID]
    """The matches, newest first."""
    tested: int
    lowest: UUID | None
    """The oldest job that was tested; None if there was none."""
    is_last: bool
    """Whether there are no older jobs."""


async def list_page(
    conn: Connection, filters: Filters, reader: UUID | None, *, before: UUID | None = None, limit: int, offset: int = 0
) -> JobPage:
    """Return a page of the jobs that match, newest first.

    `reader` limits them to the jobs of one user, `before` (a cursor) to jobs older than that one. The statements run in
    transactions of their own, because one that exceeds its budget is cancelled.
    """
    if filters.text is not None or filters.data_contains is not None:
        return await _search(conn, filters, reader, before, limit, offset)
    total, is_estimate = await _count(conn, filters, reader)
    for by_id in (False, True) if filters.created_after or filters.created_before else (False,):
        where = await _conditions(conn, filters, reader, before, by_id=by_id)
        ids = await _fetch_ids(
            conn,
            PAGE_BUDGET_MS,
            f"""SELECT j.id FROM {filters.table} AS j WHERE {where} ORDER BY j.id DESC
                LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
            where.args,
        )
        if ids is not None:
            return await _page(conn, filters, ids, limit, 0, total, is_estimate)
    window = await _read_window(conn, _all(filters), filters, reader, before)  # matches are too rare in every index
    return await _window_page(conn, filters, window, limit, offset, total, is_estimate)


async def _search(
    conn: Connection, filters: Filters, reader: UUID | None, before: UUID | None, limit: int, offset: int
) -> JobPage:
    others = replace(filters, text=None, data_contains=None)
    window = await _read_window(conn, others, filters, reader, before)
    if window.is_last and before is None:
        return await _window_page(conn, filters, window, limit, offset, len(window.ids), False)
    if window.is_last or len(window.ids) <= offset + limit:
        found = await _find_by_index(conn, filters, reader)
        if found is not None:
            older = [job_id for job_id in found if before is None or job_id < before]
            return await _page(conn, filters, older, limit, offset, len(found), False)
    others_total, _ = await _count(conn, others, reader)
    share = len(window.ids) / max(1, window.tested)
    total = max(len(window.ids), round(others_total * share))
    return await _window_page(conn, filters, window, limit, offset, total, True)


def _all(filters: Filters) -> Filters:
    return Filters(is_archived=filters.is_archived)


async def _window_page(
    conn: Connection, filters: Filters, window: _Window, limit: int, offset: int, total: int, is_estimate: bool
) -> JobPage:
    page = await _page(conn, filters, window.ids, limit, offset, total, is_estimate)
    if page.next_before is None and not window.is_last:
        return replace(page, next_before=window.lowest, is_complete=False)
    return page


async def _page(
    conn: Connection, filters: Filters, ids: Sequence[UUID], limit: int, offset: int, total: int, is_estimate: bool
) -> JobPage:
    """Return the jobs from `offset` on of all these, as far as they still exist."""
    shown = ids[offset : offset + limit]
    rows = await conn.fetch(
        f"""SELECT {LIST_COLUMNS} FROM {filters.table} AS j JOIN users AS u ON u.id = j.created_by
            WHERE j.id = ANY($1) ORDER BY j.id DESC""",
        shown,
    )
    next_before = shown[-1] if len(ids) > offset + limit else None
    jobs = [replace(to_job(row), is_archived=filters.is_archived) for row in rows]
    return JobPage(jobs, total, is_estimate, next_before, True)


async def _read_window(
    conn: Connection, cheap: Filters, filters: Filters, reader: UUID | None, before: UUID | None
) -> _Window:
    """Test the newest jobs that match `cheap` with all the filters."""
    for size in WINDOW_SIZES:
        where = await _conditions(conn, cheap, reader, before, by_id=size < WINDOW_SIZES[0])
        test = filters.conditions(reader, where.args)
        rows = await fetch_within(
            conn,
            PAGE_BUDGET_MS,
            f"""WITH read AS MATERIALIZED (
                    SELECT j.id, ({test}) AS matches
                    FROM (SELECT * FROM {filters.table} AS j WHERE {where} ORDER BY j.id DESC LIMIT {size}) AS j
                )
                SELECT (SELECT array_agg(id ORDER BY id DESC) FROM read WHERE matches) AS ids, count(*) AS tested,
                       (SELECT id FROM read ORDER BY id LIMIT 1) AS lowest
                FROM read""",
            where.args,
        )
        if rows is not None:
            row = rows[0]
            return _Window(row["ids"] or (), row["tested"], row["lowest"], row["tested"] < size)
    if cheap == _all(filters):
        raise asyncpg.QueryCanceledError("not even the newest jobs can be read in time")
    return await _read_window(conn, _all(filters), filters, reader, before)


async def _find_by_index(conn: Connection, filters: Filters, reader: UUID | None) -> list[UUID] | None:
    """Return all jobs that match, newest first, from the GIN indexes; None if that takes too long."""
    words, owners = [], []
    if filters.is_archived:  # the archive has no such indexes
        return None
    if filters.text is not None:
        if not WORD.search(filters.text) and filters.data_contains is None:
            return None
        words = await _find_rare_words(conn, filters.text) or [filters.text]
        owners = await _find_users(conn, filters.text)
    sql, args = index_statement(filters, reader, words, owners)
    return await _fetch_ids(conn, INDEX_BUDGET_MS, sql, args, enable_seqscan="off", work_mem=INDEX_WORK_MEMORY)


def index_statement(
    filters: Filters, reader: UUID | None, words: Sequence[str], owners: Sequence[UUID]
) -> tuple[str, list[Any]]:
    """Return the SELECT of all jobs that match, and its arguments.

    `words` are the parts of the text to look up in the trigram index, `owners` the users whose name matches the text.
    The indexes lack the jobs that hold a slot, because each step of a job would write its entries again. Those are
    few, and are tested one by one.
    """
    where = replace(filters, text=None).conditions(reader)
    others, ways = str(where), []
    if filters.text is not None:
        if (ids := id_range(filters.text)) is not None:
            ways.append(f"{others} AND j.id BETWEEN {where.arg(ids[0])} AND {where.arg(ids[1])}")
        if owners:
            ways.append(f"{others} AND j.created_by = ANY({where.arg(owners)})")
        for word in words:
            where.add(f"{SEARCHED} LIKE lower({{}})", like_pattern(word))
        where.add(f"strpos({SEARCHED}, lower({{}})) > 0", filters.text)  # unlike LIKE, no condition for the index
    ways += [f"{where} AND j.lease_until IS NULL", f"{where} AND j.lease_until IS NOT NULL"]
    union = " UNION ".join(f"SELECT j.id FROM jobs AS j WHERE {way}" for way in ways)
    return f"SELECT id FROM ({union}) AS found ORDER BY id DESC", where.args


async def _find_rare_words(conn: Connection, text: str) -> list[str]:
    """Return up to MAX_INDEXED_WORDS words of the text that occur in few jobs, the rarest first.

    The index intersects the lists of all trigrams of what it is asked for. Frequent words would make it read
    lists as long as the ledger.
    """
    words = list(set(WORD.findall(text.lower())))
    if not words:
        return []
    shares = await conn.fetchval(
        f"""SELECT array_agg(share ORDER BY place) FROM (
                SELECT place, avg((searched LIKE pattern)::int)::float8 AS share
                FROM unnest($1::text[]) WITH ORDINALITY AS words (pattern, place) CROSS JOIN (
                    SELECT {SEARCHED} AS searched FROM jobs AS j ORDER BY j.id DESC LIMIT {SAMPLE} OFFSET 0
                ) AS sample GROUP BY place
            ) AS shares""",
        [like_pattern(word) for word in words],
    )
    ranked = sorted(zip(shares or (), words, strict=False), key=lambda ranked: (ranked[0], -len(ranked[1])))
    return [word for share, word in ranked if share <= MAX_INDEXED_SHARE][:MAX_INDEXED_WORDS]


async def _find_users(conn: Connection, text: str) -> list[UUID]:
    """Return the users whose e-mail address or name contains the text."""
    rows = await conn.fetch(
        "SELECT id FROM users WHERE lower(email) LIKE lower($1) OR lower(name) LIKE lower($1)", like_pattern(text)
    )
    return [row["id"] for row in rows]


async def _count(conn: Connection, filters: Filters, reader: UUID | None) -> tuple[int, bool]:
    """Return the number of jobs that match, and whether it is the planner's estimate."""
    where = filters.conditions(reader)
    total = await count_or_estimate(conn, f"SELECT FROM {filters.table} AS j WHERE {where}", where.args)
    return total.count, total.is_estimate


async def count_by_status(conn: Connection, filters: Filters, reader: UUID | None) -> dict[Status, Total] | None:
    """Return the number of jobs of each status that match the other filters; None with filters that read each job."""
    if filters.text is not None or filters.data_contains is not None:
        return None
    counts = {}
    for status in Status:
        count, is_estimate = await _count(conn, replace(filters, status=status), reader)
        counts[status] = Total(count, is_estimate)
    return counts


async def _conditions(
    conn: Connection, filters: Filters, reader: UUID | None, before: UUID | None, *, by_id: bool
) -> Conditions:
    """Return the conditions of a page. With `by_id`, a range of creation times also becomes a range of ids.

    Ids are UUIDv7 of the server's clock, and before migration 0020 of the clocks of API processes, so their order is
    that of creation, give or take MAX_SKEW. Without the range of ids, a list of an old month would read everything that
    is newer. It leaves out jobs whose id was made at another time, such as rows inserted by hand, and is therefore only
    used where the list is too slow without it.
    """
    where = filters.conditions(reader)
    where.add_if_given("j.id < {}", before)
    if by_id and filters.created_after is not None:
        where.add("j.id >= {}", uuid7_at(filters.created_after, -MAX_SKEW))
    if by_id and filters.created_before is not None:
        where.add("j.id < {}", uuid7_at(filters.created_before, MAX_SKEW))
    return where


async def _fetch_ids(
    conn: Connection, budget_ms: int, sql: str, args: Sequence[Any], **settings: str
) -> list[UUID] | None:
    rows = await fetch_within(conn, budget_ms, sql, args, **settings)
    return None if rows is None else [row["id"] for row in rows]
