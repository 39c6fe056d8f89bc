"""No value in a path, query or body causes a server error: every route and page with hostile requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

import aiohttp
import orjson
import pytest
from starlette.routing import Route
from yarl import URL

from app.main import build_document
from app.web.dashboard.routes import PAGES
from app.web.routes import ROUTES
from tests.integration.dashboard.conftest import Visitor

VALUES = (
    "%00", "%ff", "%ED%A0%80", "%F0%9F%98%80", "..%2F..%2Fetc%2Fpasswd", "%0d%0aX-Injected:%201", "-1", "0", "9" * 5000,
    "1e400", "NaN", "null", "'%20OR%201=1--", "%25s%7B0%7D", "a" * 3000, "", "%20", "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "%7B%22a%22:18446744073709551617%7D",
    "%7B%22a%22:" * 500, "00000000-0000-0000-0000-000000000000", "true", "-0",
)  # fmt: skip
PARAMETERS = (
    "limit", "offset", "cursor", "before", "after", "q", "status", "type", "queue", "createdAfter", "createdBefore",
    "dataContains", "userId", "kind", "lat", "lng", "latitude", "longitude", "bbox", "gridStep", "stale", "format",
    "city", "state", "domain", "websiteStatus", "hasEmail", "source", "checkedBefore", "accuracy", "action", "email",
    "within", "user", "span", "next", "csrf", "priority", "explain", "country", "zoom", "provider", "name", "companyId",
)  # fmt: skip
BODIES = (
    b"", b"null", b"[]", b"{}", b'"x"', b"0", b"true", b"1e999", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 5_000,
    b'{"a":18446744073709551617}', b'{"a":' + b"9" * 5_000 + b"}", b'{"\\u0000":1}', b'{"name":"\\u0000"}',
    b'{"name":"\\ud800"}', b'{"type":"noop","data":{"seconds":NaN}}', b'{"type":["noop"],"data":"x","priority":{}}',
    b'[null,1,"x",{}]', orjson.dumps(dict.fromkeys(PARAMETERS, "x")), orjson.dumps({f"f{n}": n for n in range(20_000)}),
    orjson.dumps([{"type": "noop", "data": {"x": "y"}}] * 2_000),
)  # fmt: skip
NIL = "00000000-0000-0000-0000-000000000000"
SHARE = 12
"""Of the values, one in so many is tried with each parameter of a page: all together would take minutes."""
FORM = "application/x-www-form-urlencoded"
SKIPPED = re.compile(r"^/live/|^/logout|process|^/readyz")
"""Routes that stream without end, end the session, run jobs, or report that there is no worker."""


def routes(*methods: str) -> Iterator[tuple[str, str, bool]]:
    """Yield method, path, and whether it is a page, which needs a session."""
    for is_page, known in ((False, ROUTES), (True, PAGES)):
        for route in known:
            assert isinstance(route, Route)
            for method in sorted((route.methods or set()) & set(methods)):
                if not SKIPPED.search(route.path):
                    yield method, route.path, is_page


def fill(path: str, value: str) -> str:
    return re.sub(r"\{[^}]+\}", lambda _: value or "x", path)


class Sender:
    def __init__(self, client: aiohttp.ClientSession, visitor: Visitor, token: str) -> None:
        self._client, self._visitor, self._token = client, visitor, token
        self.errors: list[str] = []

    async def send(self, method: str, path: str, is_page: bool, body: bytes | None = None) -> None:
        http = self._visitor.session if is_page else self._client
        headers = {} if body is None else {"Content-Type": FORM if is_page else "application/json"}
        if is_page:
            headers["X-CSRF-Token"] = self._token
        url = URL(str(http._base_url).rstrip("/") + path, encoded=True)
        async with http.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
            await response.read()
            assert "X-Injected" not in response.headers
            if response.status >= 500:
                self.errors.append(f"{method} {path[:200]} {(body or b'')[:80]!r}: {response.status}")


@pytest.fixture
async def sender(client: aiohttp.ClientSession, admin: Visitor) -> Sender:
    return Sender(client, admin, await admin.token("/keys"))


async def test_paths(sender: Sender) -> None:
    for method, path, is_page in routes("GET", "DELETE", "PATCH", "POST"):
        for value in VALUES if "{" in path else ():
            await sender.send(method, fill(path, value), is_page, b"{}" if method in ("PATCH", "POST") else None)
    assert not sender.errors, sender.errors[:20]


async def test_queries(sender: Sender) -> None:
    """A route of the API is tried with the parameters that it declares and one that it does not, a page with all."""
    declared = build_document()["paths"]
    for place, (method, path, is_page) in enumerate(routes("GET")):
        if is_page:
            chosen = [(name, VALUES[number % SHARE :: SHARE]) for number, name in enumerate(PARAMETERS, place)]
        else:
            parameters = declared[re.sub(r":\w+}", "}", path)]["get"].get("parameters", ())
            names = [parameter["name"] for parameter in parameters if parameter.get("in") == "query"]
            chosen = [(name, VALUES) for name in names] + [("unknown", VALUES[place % SHARE :: SHARE])]
        for name, values in chosen:
            for value in values:
                await sender.send(method, f"{fill(path, NIL)}?{name}={value}", is_page)
    assert not sender.errors, sender.errors[:20]


async def test_bodies(sender: Sender) -> None:
    for method, path, is_page in routes("POST", "PATCH"):
        for body in BODIES:
            await sender.send(method, fill(path, NIL), is_page, body)
    assert not sender.errors, sender.errors[:20]
