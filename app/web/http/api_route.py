"""A route of the REST API: what all of them do with a request and with a response, by what the operation declares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ClassVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from app.errors import BadRequest, NotAcceptable
from app.web.http.field_selection import select_fields
from app.web.http.list_headers import list_header
from app.web.http.models import KeysetPageModel, PageModel
from app.web.http.operation import Media, Operation, declare_also, operation_of
from app.web.http.responses import JSON

Handler = Callable[[Request], Awaitable[Response]]


class ApiRoute(Route):
    """Refuses parameters that an operation without any would ignore, and responses that the client does not accept.

    The responses with a page of a list get a Link header (RFC 8288). A path without parameters belongs to its routes
    alone: `/jobs/bulk` is no job.
    """

    _fixed_paths: ClassVar[set[str]] = set()

    def __init__(self, path: str, endpoint: Handler, *, methods: Sequence[str]) -> None:
        declared = operation_of(endpoint)
        super().__init__(path, endpoint if declared is None else _checked(endpoint, declared), methods=list(methods))
        if not self.param_convertors:
            self._fixed_paths.add(path)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the path, and the method too, are those of this route."""
        if self.param_convertors and scope.get("path") in self._fixed_paths:
            return Match.NONE, {}
        return super().matches(scope)


def _checked(endpoint: Handler, declared: Operation) -> Handler:
    types = _media_types(declared)

    @wraps(endpoint)
    async def checked(request: Request) -> Response:
        if declared.query is None and request.scope["query_string"]:
            _refuse_parameters(request)
        accept = list_header(request, "accept") or "*/*"
        if types and "*/*" not in accept and not _accepts(accept, types):
            raise NotAcceptable(f"This is available as {' or '.join(types)}, which the Accept header excludes.")
        response = await endpoint(request)
        if isinstance(response, JSON) and isinstance(response.content, PageModel):
            return _page(request, response, response.content)
        return response

    declare_also(checked, declared)
    return checked


def _media_types(declared: Operation) -> list[str]:
    types: dict[str, None] = {}
    for reply in declared.returns.values():
        for body in (reply.body, reply.media):
            if body is not None:
                types |= dict.fromkeys(body.types if isinstance(body, Media) else ["application/json"])
    return list(types)


def _refuse_parameters(request: Request) -> None:
    for name in request.query_params:
        raise BadRequest(f"Unknown query parameter {name[:100]!r}. Supported: none.", supportedParameters=[])


def _accepts(accept: str, types: Iterable[str]) -> bool:
    """Whether the header accepts one of the types (RFC 9110, section 12.5.1), or problems, and therefore JSON."""
    accepted = set()
    for entry in accept.lower().replace(" ", "").split(","):
        name, *options = entry.split(";")
        if not any(option.startswith("q=0") and not option.strip("q=0.") for option in options):
            accepted.add(name)
    wanted = {"application/problem+json", *types}
    return bool(accepted & (wanted | {f"{name.partition('/')[0]}/*" for name in wanted}))


def _page(request: Request, response: JSON, page: PageModel) -> Response:
    response.headers["Link"] = links(request, page)
    selected = select_fields(request, page)
    if selected is page:
        return response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return JSON(selected, response.status_code, headers)


def links(request: Request, page: PageModel) -> str:
    """Return the Link header of a page: the first page, and the previous and the next one if there are any."""
    found: dict[str, dict[str, Any]] = {"first": {}}
    if page.offset > 0:
        found["prev"] = {"offset": max(0, page.offset - page.limit)}
    if isinstance(page, KeysetPageModel):
        if page.next_cursor is not None:
            found["next"] = {"cursor": page.next_cursor}
    elif page.offset + page.limit < page.total:
        found["next"] = {"offset": page.offset + page.limit}
    return ", ".join(f'<{_address(request, changes)}>; rel="{relation}"' for relation, changes in found.items())


def _address(request: Request, changes: dict[str, Any]) -> str:
    """Return the address of the request with another position in the list."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("offset", "cursor")]
    query = urlencode([*kept, *changes.items()])
    return request.url.path + (f"?{query}" if query else "")
