from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.cli import standin
from tests.unit.cli.standin import StandIn


@pytest.fixture
def platform() -> Iterator[StandIn]:
    with standin.running() as stand_in:
        yield stand_in


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time."""
    taken: list[float] = []

    async def sleep(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr("app.client.transport.asyncio.sleep", sleep)
    return taken
