"""Headers that hold a list: several fields of the name count as one, with commas between (RFC 9110, section 5.3)."""

from __future__ import annotations

from starlette.requests import Request


def list_header(request: Request, name: str) -> str:
    """Return all fields of the header as one; empty if there is none."""
    return ", ".join(request.headers.getlist(name))
