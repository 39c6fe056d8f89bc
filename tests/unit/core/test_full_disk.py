"""A handler that meets a full disk waits; with any other error it fails as before."""

from __future__ import annotations

import errno
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest

from app.db.core.pool import ServerLost
from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import Failed, Interrupted, Snooze
from tests import misbehaving
from workers.core.context import JobContext
from workers.core.execute import invoke, normalise
from workers.core.full_disk import WAIT_SECONDS, wait_for_space
from workers.core.kinds import Kind
from workers.core.resources import Resources


def disk_full() -> Exception:
    return asyncpg.DiskFullError("could not extend file")


def caused(error: BaseException, by: BaseException) -> BaseException:
    error.__cause__ = by
    return error


def of_postgres() -> list[BaseException]:
    return [
        disk_full(),
        caused(ServerLost("lost"), disk_full()),
        caused(ValueError("no row"), caused(RuntimeError("x"), disk_full())),
        ExceptionGroup("tasks", [disk_full()]),
    ]


def of_the_worker() -> list[BaseException]:
    return [
        OSError(errno.ENOSPC, "No space left"),
        OSError(errno.EDQUOT, "Quota"),
        caused(ValueError(), OSError(errno.ENOSPC, "x")),
    ]


def others() -> list[BaseException]:
    suppressed = ValueError("handled")
    suppressed.__context__, suppressed.__suppress_context__ = disk_full(), True
    return [ValueError("x"), OSError(errno.EACCES, "no"), asyncpg.OutOfMemoryError("x"), suppressed]


async def outcome_of(error: BaseException) -> Any:
    async def run(context: JobContext, args: Any) -> dict[str, Any]:
        raise error

    kind = Kind(misbehaving.SPEC, run)
    job = Claimed(uuid4(), "misbehaving", "misbehaving", 1, 2, 2, 20.0, "{}", None, None, 0, 0)
    context = JobContext(job, cast(Resources, None), is_long=False)
    return normalise(kind, job, context, await invoke(kind, context))


@pytest.mark.parametrize("error", of_postgres(), ids=repr)
async def test_a_full_disk_of_postgres_is_waited_for(error: BaseException) -> None:
    assert await outcome_of(error) == Snooze(
        WAIT_SECONDS, "waits because the disk of Postgres is full: free some space"
    )


@pytest.mark.parametrize("error", of_the_worker(), ids=repr)
async def test_a_full_disk_of_the_worker_is_waited_for(error: BaseException) -> None:
    outcome = await outcome_of(error)
    assert isinstance(outcome, Snooze) and "that the worker writes to is full" in outcome.reason


@pytest.mark.parametrize("error", others(), ids=repr)
async def test_other_errors_fail_the_last_attempt(error: BaseException) -> None:
    assert wait_for_space(error) is None
    assert isinstance(await outcome_of(error), Failed)


async def test_a_lost_server_still_interrupts() -> None:
    assert isinstance(await outcome_of(ServerLost("gone")), Interrupted)


def test_errors_that_cause_each_other_end() -> None:
    one, other = ValueError(), ValueError()
    one.__cause__, other.__cause__ = other, one
    assert wait_for_space(one) is None
