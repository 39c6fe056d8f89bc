"""Send messages to webhooks, signed according to Standard Webhooks (https://www.standardwebhooks.com).

URLs come from users: only public addresses, or those that the operator allows, are connected to, and redirects are not
followed. `webhook-id` identifies a message that is sent a second time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
from standardwebhooks import Webhook

from app.domain.vocabulary.websites import WebsiteStatus
from providers.errors import BadRequest, ProviderError, Unavailable, from_status
from providers.http import parse_retry_after
from providers.web import BadUrl, NetworkPolicy, normalise_url
from providers.web.http_errors import explain
from providers.web.resolver import CheckedResolver, Lookup, checked_socket

NAME = "webhook"
TIMEOUT_SECONDS = 15.0


class Gone(BadRequest):
    """The receiver responded 410: it wants no further messages."""


class Webhooks:
    """A client that signs and sends messages."""

    def __init__(self, user_agent: str, policy: NetworkPolicy, lookup: Lookup | None = None) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=CheckedResolver(policy, lookup), socket_factory=checked_socket(policy), limit=0
            ),
            headers={"User-Agent": user_agent, "Content-Type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def send(self, url: str, secret: str, message_id: str, body: bytes) -> int:
        """Send a JSON body and return the 2xx status. Raises ProviderError; BadRequest if trying again is useless."""
        now = datetime.now(UTC)
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
        }
        try:
            target = normalise_url(url)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as response:
                    status, after = response.status, parse_retry_after(response.headers.get("Retry-After"))
        except BadUrl as error:
            raise BadRequest(f"the address {error}", provider=NAME) from None
        except TimeoutError:
            raise Unavailable(f"no answer within {TIMEOUT_SECONDS:g} s", provider=NAME) from None
        except (aiohttp.ClientError, OSError) as error:
            outcome, words = explain(error)
            kind = BadRequest if outcome is WebsiteStatus.PRIVATE_ADDRESS else Unavailable
            raise kind(words, provider=NAME) from None
        if not 200 <= status < 300:
            raise _refused(status, after)
        return status


def _refused(status: int, retry_after: float | None) -> ProviderError:
    """Return the error for a status; the owner of the receiver may fix anything but a 410."""
    if status == 410:
        return Gone("HTTP 410: the receiver wants no further messages", provider=NAME)
    error = from_status(NAME, status, "", retry_after)
    return Unavailable(str(error), provider=NAME) if isinstance(error, BadRequest) else error
