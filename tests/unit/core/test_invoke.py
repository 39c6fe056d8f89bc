"""Handlers that are not coroutine functions fail their job with an error that says what to write instead."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest

from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import Completed, Failed, Outcome, Superseded
from tests import misbehaving
from workers.core.context import JobContext
from workers.core.execute import invoke, normalise
from workers.core.kinds import Kind
from workers.core.resources import Resources


async def outcome_of(run: Any, data: str = "{}") -> Outcome | Superseded:
    kind = Kind(misbehaving.SPEC, run)
    job = Claimed(uuid4(), "misbehaving", "misbehaving", 1, 1, 2, 20.0, data, None, None, 0, 0)
    context = JobContext(job, cast(Resources, None), is_long=False)
    return normalise(kind, job, context, await invoke(kind, context))


async def async_generator(context: JobContext, args: Any) -> AsyncIterator[int]:
    yield 1


def generator(context: JobContext, args: Any) -> Iterator[int]:
    yield 1


def plain(context: JobContext, args: Any) -> dict[str, Any]:
    return {}


async def nothing(context: JobContext, args: Any) -> None:
    return None


async def coroutine(context: JobContext, args: Any) -> Any:
    return nothing(context, args)


async def result(context: JobContext, args: Any) -> dict[str, Any]:
    return {"done": True}


@pytest.mark.parametrize(
    ("run", "error"),
    [
        (async_generator, "is an async generator because it contains `yield`; write `async def run`"),
        (generator, "is not asynchronous: calling it returned a generator; write `async def run`"),
        (plain, "is not asynchronous: calling it returned a dict; write `async def run`"),
        (nothing, "returned None (is a return statement missing?)"),
        (coroutine, "returned a coroutine (is an await missing?)"),
    ],
)
async def test_the_error_names_the_mistake(run: Any, error: str) -> None:
    outcome = await outcome_of(run)
    assert isinstance(outcome, Failed)
    assert outcome.error.startswith(f"misbehaving: the handler {error}")


async def test_an_object_may_be_called_for_an_awaitable() -> None:
    assert await outcome_of(lambda context, args: result(context, args)) == Completed('{"done":true}')


async def test_only_data_of_the_job_are_invalid_data() -> None:
    async def parse(context: JobContext, args: Any) -> None:
        misbehaving.MisbehavingArgs.model_validate({"mode": None})

    refused = await outcome_of(result, '{"mode": null}')
    assert isinstance(refused, Failed) and refused.error.startswith("misbehaving: invalid data: 1 validation error")
    assert not isinstance(await outcome_of(parse), Failed), "the answer of a service may be better next time"
