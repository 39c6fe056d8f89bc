"""MX lookups with a name server on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from providers.web.mx import MAX_CONSECUTIVE_TIMEOUTS, MxLookup

RECORDS = {"a.test.": "10 mx.a.test.", "null.test.": "0 ."}


class NameServer(asyncio.DatagramProtocol):
    """Answers MX questions from RECORDS; silent about silent.test."""

    asked = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.asked += 1
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        if name == "silent.test.":
            return
        answer = dns.message.make_response(query)
        if name == "broken.test.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name in RECORDS:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", RECORDS[name]))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NameServer]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(NameServer, ("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.asyncresolver, "Resolver", lambda: resolver)
    monkeypatch.setattr("providers.web.mx.ANSWER_SECONDS", 0.3)
    yield server
    transport.close()


async def test_answers_are_cached(server: NameServer) -> None:
    mail = MxLookup()
    for _ in range(2):
        assert [await mail.accepts_mail(name) for name in ("a.test", "null.test", "none.test")] == [True, False, False]
    assert server.asked == 3


async def test_a_silent_name_server_is_left_alone(server: NameServer) -> None:
    mail = MxLookup()
    for _ in range(MAX_CONSECUTIVE_TIMEOUTS):
        assert await mail.accepts_mail("silent.test") is None
    before = server.asked
    assert await mail.accepts_mail("a.test") is None
    assert server.asked == before


async def test_one_silent_domain_does_not_mean_a_silent_name_server(server: NameServer) -> None:
    mail = MxLookup()
    assert await mail.accepts_mail("silent.test") is None
    assert await mail.accepts_mail("broken.test") is None
    assert await mail.accepts_mail("a.test") is True


async def test_disabled_lookups_are_not_made(server: NameServer) -> None:
    assert await MxLookup(enabled=False).accepts_mail("a.test") is None
    assert server.asked == 0
