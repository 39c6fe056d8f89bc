"""`/docs`: the reader of the OpenAPI document, open to everybody as the document itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.web.dashboard.core.html import page


async def show(request: Request) -> Response:
    """Show the operations of the REST API."""
    return page(request, "reference.html")
