"""Downloads of tables, of which a user may have a few in progress: each reads the database until it has ended."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.db.accounts.sessions import Caller
from app.errors import TooManyRequests
from app.web.http.request_context import CALLER
from app.web.http.table_download import Table, table_response
from app.web.http.table_formats import TableFormat
from app.web.platform import get_platform

RETRY_AFTER_SECONDS = 5


async def send_table(request: Request, table: Table, format: TableFormat, *, bom: bool = True) -> Response:
    """Return the download, which counts until it has been sent.

    Raises TooManyRequests if the user has too many in progress, and BadRequest where the format has no room for it.
    """
    caller: Caller = request.scope[CALLER]
    user_id, downloads = caller.user.id, get_platform(request).downloads
    if not downloads.enter(user_id):
        maximum = get_platform(request).settings.max_downloads
        raise TooManyRequests(
            f"You have {maximum:,} downloads in progress, and no more are allowed at the same time. Wait until one of"
            " them has ended, then try again.",
            retry_after=RETRY_AFTER_SECONDS,
            limit="downloads",
            maximum=maximum,
        )
    try:
        response = await table_response(table, format, bom=bom)
    except BaseException:
        downloads.leave(user_id)
        raise
    return _Counted(response, lambda: downloads.leave(user_id))


class _Counted(Response):
    """Another response, after whose end something is called."""

    def __init__(self, response: Response, ended: Callable[[], None]) -> None:
        self._response, self._ended = response, ended
        self.status_code, self.background = response.status_code, response.background
        self.raw_headers = response.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        try:
            await self._response(scope, receive, send)
        finally:
            self._ended()
