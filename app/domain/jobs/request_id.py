"""The id of the request on whose behalf the current task works. Jobs that it creates carry the id."""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set by the API for each request, and by workers to the id that the running job carries."""


def current_request_id() -> str | None:
    return request_id.get()
