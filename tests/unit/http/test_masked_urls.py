"""What is shown of a server's URL has nothing secret in it."""

from __future__ import annotations

import pytest

from app.web.health import host_of


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379"),
        ("redis://:secret@host:6379/0", "redis://host:6379"),
        ("redis://user:se@cr/et@host:6379", "redis://host:6379"),
        ("rediss://host:6379/0?password=secret", "rediss://host:6379"),
        ("rediss://host?username=a&password=se@cret", "rediss://host"),
        ("unix://:secret@/run/valkey.sock?db=1", "unix://"),
        ("redis://[::1]:6379", "redis://[::1]:6379"),
    ],
)
def test_only_scheme_and_host_are_shown(url: str, shown: str) -> None:
    assert host_of(url) == shown
