"""Failed HTTP requests: what each exception says about the server."""

from __future__ import annotations

import socket
import ssl

import aiohttp

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web.body import InvalidBody
from providers.web.network_policy import ForbiddenAddress


class ConnectionLost(Exception):
    """Replaces the errors after which aiohttp would repeat a request by itself, although the turn allows only one."""


def explain(error: BaseException) -> tuple[WebsiteStatus, str]:
    """Return the outcome of a failed request, and a message for people."""
    for cause in _causes(error):
        match cause:
            case ForbiddenAddress():
                return WebsiteStatus.PRIVATE_ADDRESS, str(cause)
            case ssl.SSLCertVerificationError():
                return WebsiteStatus.TLS_ERROR, f"its certificate is not valid: {cause.verify_message}"
            case ssl.SSLError() | ssl.CertificateError() | aiohttp.ClientConnectorSSLError():
                return WebsiteStatus.TLS_ERROR, "no secure connection could be made"
            case socket.gaierror() | aiohttp.ClientConnectorDNSError():
                return WebsiteStatus.DNS_ERROR, "its host name cannot be resolved"
            case TimeoutError():
                return WebsiteStatus.TIMEOUT, "no connection within the time limit"
            case ConnectionRefusedError():
                return WebsiteStatus.SERVER_ERROR, "its server refuses connections"
            case ConnectionError() | aiohttp.ServerDisconnectedError() if not isinstance(
                error, aiohttp.ClientPayloadError
            ):
                return WebsiteStatus.SERVER_ERROR, "it closed the connection without a response"
            case InvalidBody():
                return WebsiteStatus.SERVER_ERROR, str(cause)
    if isinstance(error, aiohttp.ClientPayloadError):
        return WebsiteStatus.SERVER_ERROR, "the response was cut off"
    if isinstance(error, aiohttp.ClientResponseError):
        return WebsiteStatus.SERVER_ERROR, "the response is not valid HTTP"
    original = error.__cause__ if isinstance(error, ConnectionLost) else error
    return WebsiteStatus.SERVER_ERROR, f"the connection failed ({type(original).__name__})"


def _causes(error: BaseException | None) -> list[BaseException]:
    """Return the chain of exceptions, the root cause first."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.insert(0, error)
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return found
