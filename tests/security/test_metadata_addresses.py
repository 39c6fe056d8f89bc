"""The metadata servers of clouds are not public addresses."""

from __future__ import annotations

import pytest

from providers.web.network_policy import ForbiddenAddress, NetworkPolicy


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "::ffff:168.63.129.16", "64:ff9b::a83f:8110", "fe80::a9fe:a9fe",
    ],
)  # fmt: skip
def test_metadata_servers_are_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress, match="not a public address"):
        NetworkPolicy().check(address, 80)
