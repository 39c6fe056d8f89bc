"""Send messages to webhooks, signed according to Standard Webhooks (https://www.standardwebhooks.com).

URLs come from users: only public addresses, or those that the operator allows, are connected to, and redirects are not
followed. `webhook-id` identifies a message that is sent a second time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
from aiohttp.helpers import is_ip_address
from standardwebhooks import Webhook
from yarl import URL

from app.domain.vocabulary.websites import WebsiteStatus
from providers.errors import BadRequest, ProviderError, Unavailable, from_status
from providers.http import parse_retry_after
from providers.web import BadUrl, NetworkPolicy, normalise_url
from providers.web.http_errors import explain
from providers.web.network_policy import ForbiddenAddress
from providers.web.resolver import CheckedResolver, Lookup, checked_socket

NAME = "webhook"
TIMEOUT_SECONDS = 15.0
RESOLVE_SECONDS = 3.0


class Gone(BadRequest):
    """The receiver responded 410: it wants no further messages."""


class NoAnswer(Unavailable):
    """The host did not answer: no connection, or no response in time."""


class Webhooks:
    """A client that signs and sends messages."""

    def __init__(self, user_agent: str, policy: NetworkPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._resolver = CheckedResolver(policy, lookup)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=self._resolver, socket_factory=checked_socket(policy), limit=0),
            headers={"User-Agent": user_agent, "Content-Type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def check(self, url: str) -> str:
        """Return the normalised URL. Raises ValueError, with a message for people, if no message may be sent there.

        A name that cannot be resolved now passes.
        """
        target = normalise_url(url)
        parts = URL(target)
        host, port = parts.host or "", parts.port or 80
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                if is_ip_address(host):
                    self._policy.check(host, port)
                else:
                    await self._resolver.resolve(host, port)
        except ForbiddenAddress as error:
            raise ValueError(f"messages cannot be sent there: {error}") from None
        except (TimeoutError, OSError):
            pass  # the name may exist later, and is checked again at each delivery
        return target

    async def send(
        self, url: str, secret: str, message_id: str, body: bytes, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> int:
        """Send a JSON body and return the 2xx status. Raises ProviderError; BadRequest if trying again is useless."""
        now = datetime.now(UTC)
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
        }
        try:
            target = normalise_url(url)
            async with asyncio.timeout(timeout_seconds):
                async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as response:
                    status, after = response.status, parse_retry_after(response.headers.get("Retry-After"))
        except BadUrl as error:
            raise BadRequest(f"the address {error}", provider=NAME) from None
        except TimeoutError:
            raise NoAnswer(f"no answer within {timeout_seconds:g} s", provider=NAME) from None
        except (aiohttp.ClientError, OSError) as error:
            outcome, words = explain(error)
            kind = BadRequest if outcome is WebsiteStatus.PRIVATE_ADDRESS else NoAnswer
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
