"""The client of the REST API for Python; docs/client.md shows how to use it.

from app.client import Client, models
"""

from __future__ import annotations

from app.client import models
from app.client.asynchronous import Client
from app.client.downloads import Download
from app.client.errors import (
    AccessDenied,
    AlreadyInProgress,
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    Incomplete,
    Invalid,
    JobCancelled,
    JobFailed,
    JobNotCompleted,
    Limited,
    LimitReached,
    NotConfigured,
    NotFound,
    NotReachable,
    QuotaExceeded,
    ServerError,
    TooLarge,
    TooManyRequests,
    TrigpointError,
    Unauthorized,
    Unavailable,
    UnexpectedResponse,
    UnsupportedMedia,
    WaitTimeout,
)
from app.client.pages import Pages
from app.client.portal import SyncDownload, SyncPages
from app.client.synchronous import SyncClient
from app.client.transport import new_key

__all__ = [
    "AccessDenied",
    "AlreadyInProgress",
    "ApiError",
    "BadRequest",
    "Client",
    "Conflict",
    "Download",
    "Forbidden",
    "Incomplete",
    "Invalid",
    "JobCancelled",
    "JobFailed",
    "JobNotCompleted",
    "LimitReached",
    "Limited",
    "NotConfigured",
    "NotFound",
    "NotReachable",
    "Pages",
    "QuotaExceeded",
    "ServerError",
    "SyncClient",
    "SyncDownload",
    "SyncPages",
    "TooLarge",
    "TooManyRequests",
    "TrigpointError",
    "Unauthorized",
    "UnexpectedResponse",
    "Unavailable",
    "UnsupportedMedia",
    "WaitTimeout",
    "models",
    "new_key",
]
