"""The sender of webhooks: messages are signed, private addresses are refused, and each response maps to an error."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from providers.errors import BadRequest, ProviderError, RateLimited, Unavailable
from providers.notify.webhook import Gone, Webhooks
from providers.web import NetworkPolicy

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    def __init__(self) -> None:
        self.url = ""
        self.answer = (200, dict[str, str]())
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        status, headers = self.answer
        return web.Response(status=status, headers=headers)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.take), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def webhooks() -> AsyncIterator[Webhooks]:
    sender = Webhooks("test/1", NetworkPolicy(("127.0.0.0/8",)))
    yield sender
    await sender.close()


async def test_a_message_is_signed_and_its_status_returned(receiver: Receiver, webhooks: Webhooks) -> None:
    receiver.answer = (204, {})
    assert await webhooks.send(receiver.url, SECRET, "msg_1", b'{"type":"a"}') == 204
    [(headers, body)] = receiver.got
    assert Webhook(SECRET).verify(body, headers) == {"type": "a"}
    assert (headers["webhook-id"], headers["Content-Type"]) == ("msg_1", "application/json")


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (410, {}, Gone),
        (400, {}, Unavailable),
        (500, {}, Unavailable),
        (429, {"Retry-After": "7"}, RateLimited),
        (302, {"Location": "/elsewhere"}, ProviderError),
    ],
)
async def test_rejected_deliveries(
    status: int, headers: dict[str, str], kind: type[ProviderError], receiver: Receiver, webhooks: Webhooks
) -> None:
    receiver.answer = (status, headers)
    with pytest.raises(kind, match=str(status)) as caught:
        await webhooks.send(receiver.url, SECRET, "msg_1", b"{}")
    assert isinstance(caught.value, BadRequest) == (status == 410), "all others may be mended by the owner"
    assert getattr(caught.value, "retry_after", None) == (7.0 if status == 429 else None)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "inner.example", "[::1]", "0x7f000001"])
async def test_private_addresses_are_not_reached(host: str, receiver: Receiver) -> None:
    async def lookup(name: str) -> Sequence[tuple[socket.AddressFamily, str]]:
        return [(socket.AF_INET, "127.0.0.1")]

    sender = Webhooks("test/1", NetworkPolicy(()), lookup)
    try:
        with pytest.raises(BadRequest, match="public"):
            await sender.send(receiver.url.replace("127.0.0.1", host), SECRET, "msg_1", b"{}")
    finally:
        await sender.close()
    assert receiver.got == []
