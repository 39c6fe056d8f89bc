"""The client of app/client against a real API and real workers."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.client import (
    Client,
    Forbidden,
    Incomplete,
    Invalid,
    JobCancelled,
    JobFailed,
    NotFound,
    NotReachable,
    SyncClient,
    Unauthorized,
    WaitTimeout,
    models,
)
from app.db.core.pool import Pool
from app.settings import Settings
from tests.harness import ADMIN_KEY, worker
from tests.integration.client.gateway import Gateway, gateway

SOME_HOUSEHOLDS = """
    INSERT INTO households (id, external_id, address, city, country)
    SELECT gen_random_uuid(), 'household ' || n, n || ' Main Street ' || repeat('x', 60), 'Berkeley', 'US'
    FROM generate_series(1, $1) AS n
"""


@pytest.fixture
async def trigpoint(url: str) -> AsyncIterator[Client]:
    async with Client(url, ADMIN_KEY) as client:
        yield client


@pytest.fixture
async def spoiled(url: str) -> AsyncIterator[tuple[Client, Gateway]]:
    """A client behind a gateway."""
    async with gateway(url) as made, Client(made.url, ADMIN_KEY) as client:
        yield client, made


def scripted(**data: Any) -> dict[str, Any]:
    return {"type": "scripted", "data": data}


async def test_waiting_reports_each_change(trigpoint: Client, settings: Settings) -> None:
    created = await trigpoint.create_job(scripted(steps=5, step_seconds=0.05, result={"answer": 42}))
    seen: list[models.Job] = []
    async with worker(settings):
        job = await trigpoint.wait_for(created, on_progress=seen.append, timeout=60)
    assert job.status == "completed"
    assert job.result is not None
    assert job.result["answer"] == 42
    assert job == seen[-1]
    processed = [state.processed_items for state in seen]
    assert processed == sorted(processed)
    assert len(set(processed)) > 2


async def test_waiting_for_a_job_that_does_not_complete(trigpoint: Client, settings: Settings) -> None:
    waiting = await trigpoint.create_job(scripted(sleep=60))
    with pytest.raises(WaitTimeout) as late:
        await trigpoint.wait_for(waiting, timeout=0.5)
    assert late.value.job is not None
    assert late.value.job.status == "pending"
    assert waiting.job_id is not None
    await trigpoint.cancel_job(waiting.job_id)
    with pytest.raises(JobCancelled) as cancelled:
        await trigpoint.wait_for(waiting)
    assert cancelled.value.job.id == waiting.job_id
    failing = await trigpoint.create_job(scripted(fail_attempts=1, permanent=True))
    async with worker(settings):
        with pytest.raises(JobFailed, match="as requested") as failed:
            await trigpoint.wait_for(failing, timeout=60)
    assert failed.value.job.error is not None


async def test_waiting_polls_where_events_do_not_arrive(
    trigpoint: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.client.following.EVENTS", "/no-events-here")
    created = await trigpoint.create_job(scripted(steps=3, step_seconds=0.05))
    async with worker(settings):
        assert (await trigpoint.wait_for(created, timeout=60)).processed_items == 3


@pytest.mark.parametrize("fault", ["503", "lost"])
async def test_a_create_that_is_sent_again_creates_one_job(spoiled: tuple[Client, Gateway], fault: str) -> None:
    client, between = spoiled
    between.faults = [fault]
    created = await client.create_job(scripted())
    assert len(between.keys) == 2
    assert between.keys[0] == between.keys[1] is not None
    page = await client.list_jobs().page()
    assert [job.id for job in page.jobs] == [created.job_id]


async def test_what_might_be_done_twice_is_not_sent_again(spoiled: tuple[Client, Gateway]) -> None:
    client, between = spoiled
    between.faults = ["lost"]
    with pytest.raises(NotReachable):
        await client.create_user(models.NewUser(email="ana@example.org", name="Ana"))
    assert len(between.keys) == 1
    between.faults = ["lost", "lost"]
    assert (await client.get_me()).role == "admin"


async def test_lists_go_through_all_pages(trigpoint: Client) -> None:
    created = await trigpoint.create_jobs([scripted() for _ in range(7)])
    assert isinstance(created, models.JobsCreated)
    jobs = trigpoint.list_jobs(type="scripted", limit=3)
    pages = [page async for page in jobs.pages()]
    assert [len(page.jobs) for page in pages] == [3, 3, 1]  # by cursor
    ids = [job.id async for job in jobs]
    assert len(set(ids)) == 7
    assert ids == [job.id for page in pages for job in page.jobs]
    for number in range(6):
        await trigpoint.create_user(models.NewUser(email=f"u{number}@example.org", name=f"User {number}"))
    users = trigpoint.list_users(limit=3)
    assert [len(page.users) async for page in users.pages()] == [3, 3, 1]  # by offset, with the administrator
    assert len({user.id async for user in users}) == 7


async def test_uploading_five_megabytes(trigpoint: Client, tmp_path: Path) -> None:
    line = b"Ana,Ng,1 Main Street,Berkeley,CA,94704," + b"x" * 60 + b"\n"
    content = b"first,last,address,city,state,zip,note\n" + line * (5_000_000 // len(line) + 1)
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    told: list[tuple[int, int | None]] = []

    def tell(done: int, total: int | None) -> None:
        told.append((done, total))

    sources: list[Any] = [file, str(file), content, io.BytesIO(content)]
    for source in sources:
        told.clear()
        created = await trigpoint.geocode_file(source, on_progress=tell)
        assert told[-1] == (len(content), len(content))
        assert [done for done, _ in told] == sorted({done for done, _ in told})
        assert len(told) > 10
        job = await trigpoint.get_job(created.job_id)
        assert job.data is not None
        assert str(len(content)) in str(job.data) or job.status == "pending"
    with pytest.raises(FileNotFoundError):
        await trigpoint.geocode_file(tmp_path / "none.csv")


async def test_an_upload_that_is_lost_is_sent_again_in_full(spoiled: tuple[Client, Gateway]) -> None:
    client, between = spoiled
    between.faults = ["lost"]
    file = io.BytesIO(b"to be skipped\naddress,city,state\n1 Main Street,Berkeley,CA\n")
    file.readline()
    created = await client.geocode_file(file)
    assert between.keys[0] == between.keys[1] is not None
    assert [job.id async for job in client.list_jobs()] == [created.job_id]


async def test_downloading_five_megabytes(
    spoiled: tuple[Client, Gateway], trigpoint: Client, db_pool: Pool, tmp_path: Path
) -> None:
    await db_pool.execute(SOME_HOUSEHOLDS, 40_000)
    told: list[int] = []
    file = await trigpoint.export_households_csv(city="Berkeley").save(
        tmp_path / "all.csv", on_progress=lambda done, total: told.append(done)
    )
    content = file.read_bytes()
    assert content.count(b"\n") == 40_001
    assert len(content) > 5_000_000
    assert told[-1] == len(content)
    assert len(told) > 10
    assert b"".join([block async for block in trigpoint.export_households_csv().blocks()]) == content
    client, between = spoiled
    between.faults = ["503", "cut"]  # the first is repeated; the second has begun
    with pytest.raises(Incomplete, match="cut short"):
        await client.export_households_csv().save(tmp_path / "part.csv")
    assert os.listdir(tmp_path) == ["all.csv"]


async def test_errors_say_what_the_caller_may_do(trigpoint: Client, url: str) -> None:
    with pytest.raises(Invalid) as invalid:
        await trigpoint.create_job({"type": "scripted", "data": {"steps": "many"}})
    assert [error["field"] for error in invalid.value.errors] == ["data.steps"]
    assert invalid.value.request_id is not None
    with pytest.raises(NotFound):
        await trigpoint.wait_for("018f0000-0000-7000-8000-000000000000")
    user = await trigpoint.create_user(models.NewUser(email="ana@example.org", name="Ana"))
    key = await trigpoint.create_key(models.NewKey(name="laptop", user_id=user.id))
    async with Client(url, key.key) as other:
        with pytest.raises(Forbidden):
            await other.list_users().page()
    async with Client(url, "wrong") as nobody:
        with pytest.raises(Unauthorized):
            await nobody.get_me()


async def test_the_sync_client_in_a_plain_thread(url: str, settings: Settings, tmp_path: Path) -> None:
    def work() -> list[str]:
        with SyncClient(url, ADMIN_KEY) as client:
            created = client.create_job(scripted(steps=3, step_seconds=0.05))
            seen: list[str] = []

            def look(job: models.Job) -> None:
                seen.append(client.get_job(job.id).type)  # the client can be used in a callback

            job = client.wait_for(created, on_progress=look, timeout=60)
            assert (job.status, set(seen)) == ("completed", {"scripted"})
            client.create_jobs([scripted() for _ in range(4)])
            pages = list(client.list_jobs(limit=2).pages())
            assert [len(page.jobs) for page in pages] == [2, 2, 1]
            client.load_households([models.HouseholdInput(external_id="h1", address="1 Main Street", city="Berkeley")])
            received: list[int] = []

            def look_at(done: int, total: int | None) -> None:
                received.append(done)

            export = client.export_households_csv()
            assert (
                export.save(tmp_path / "h.csv").read_bytes()
                == export.read()
                == b"".join(export.blocks(on_progress=look_at))
            )
            assert received[-1] == len(export.read())
            with pytest.raises(NotFound):
                client.get_household("018f0000-0000-7000-8000-000000000000")
            first = next(iter(client.list_jobs(limit=2)))  # leaves the rest unread
            return [str(first.id)]

    async with worker(settings):
        assert await asyncio.to_thread(work)
