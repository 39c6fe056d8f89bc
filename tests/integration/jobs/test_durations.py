"""Estimates of how long jobs will take, as clients receive them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.db.core.pool import Pool
from app.db.jobs import durations
from tests.integration.jobs.test_turns import Book


async def test_the_pace_counts_the_jobs_of_each_user(db_pool: Pool) -> None:
    book = Book(db_pool, uuid4())
    await book.open()
    await book.add("AAAB")
    await book.start_all()
    async with db_pool.acquire() as conn:
        pace = await durations.get_pace(conn, "scripted", "scripted")
        empty = await durations.get_pace(conn, "scripted", "none")
    assert pace.active == {book.users["A"]: 3, book.users["B"]: 1} and pace.at_once == 5
    assert empty.active == {}


@pytest.mark.parametrize(("own", "others", "rounds"), [(0, [], 1), (0, [1000], 2), (0, [1000, 1], 3), (3, [1000], 8)])
def test_each_other_user_counts_for_at_most_one_job_more_than_the_own_ones(
    own: int, others: list[int], rounds: int
) -> None:
    user = uuid4()
    active = {user: own} | {uuid4(): jobs for jobs in others}
    assert durations.JobPace(10.0, active, 1).estimate(user, 1.0) == rounds * 10
    assert durations.JobPace(None, active, 1).estimate(user, 1.0) == rounds
