from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.cli import standin
from tests.unit.cli.standin import StandIn


@pytest.fixture
def platform() -> Iterator[StandIn]:
    with standin.running() as stand_in:
        yield stand_in
