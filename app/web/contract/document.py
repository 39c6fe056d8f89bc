"""`GET /openapi.json`: the OpenAPI document of this installation, with the kinds of jobs that it knows."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.version import VERSION
from app.web.contract import openapi
from app.web.http.conditional import matches_etag, revalidated
from app.web.http.list_headers import list_header
from app.web.http.models import RawObject
from app.web.http.operation import ETAG, IF_NONE_MATCH, Access, Reply, operation
from app.web.platform import get_platform


@dataclass(frozen=True)
class Document:
    body: bytes
    etag: str


@operation(
    "getOpenapi",
    tag="Service",
    access=Access.OPEN,
    headers=[IF_NONE_MATCH],
    returns={200: Reply(RawObject, headers=[ETAG]), 304: Reply(headers=[ETAG])},
)
async def read(request: Request) -> Response:
    """Return this document."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = await asyncio.to_thread(_build, request)
    document: Document = state.openapi
    headers = {"ETag": document.etag, **revalidated(is_public=True)}
    if matches_etag(list_header(request, "if-none-match"), document.etag):
        return Response(status_code=304, headers=headers)
    return Response(document.body, headers=headers, media_type="application/json")


def _build(request: Request) -> Document:
    body = orjson.dumps(openapi.build(request.app.routes, get_platform(request).specs, VERSION))
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
