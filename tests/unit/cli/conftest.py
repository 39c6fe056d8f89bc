from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from typer.main import get_command

from tests.unit.cli import standin
from tests.unit.cli.standin import StandIn


@pytest.fixture(autouse=True, scope="session")
def _commands_are_built_once() -> Iterator[None]:
    """Typer builds all commands again for every call, which takes longer than most of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture
def platform() -> Iterator[StandIn]:
    with standin.running() as stand_in:
        yield stand_in
