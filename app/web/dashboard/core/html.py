"""Pages: templates, what every page has, and the headers that keep foreign content out."""

from __future__ import annotations

import base64
import gzip
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.db.accounts.users import User
from app.settings import Settings
from app.web.accounts import session
from app.web.dashboard.core import assets, csrf
from app.web.dashboard.core.formatting import FILTERS
from app.web.platform import get_platform

FLASH = "trigpoint_flash"
NAV = (
    ("/", "Jobs", "jobs", False),
    ("/new", "New job", "plus", False),
    ("/map", "Map", "map", False),
    ("/queues", "Queues", "queues", True),
    ("/workers", "Workers", "workers", True),
    ("/schedules", "Schedules", "clock", True),
    ("/providers", "Providers", "providers", True),
    ("/audit", "Audit", "audit", True),
    ("/keys", "Keys", "key", False),
    ("/users", "Users", "users", True),
)
"""Path, name, icon, for administrators alone."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Encoding, Cookie",
}


@cache
def environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("app.web.dashboard"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(FILTERS)
    env.globals.update(asset=assets.load().url)
    return env


def fragment(template: str, macro: str, *args: Any) -> str:
    """A piece of a page, for everybody who looks at it."""
    return str(getattr(environment().get_template(template).module, macro)(*args))


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A whole page, for the user of the request."""
    user: User | None = getattr(request.state, "user", None)
    platform = get_platform(request)
    cookie = request.cookies.get(session.COOKIE_NAME, "")
    text = (
        environment()
        .get_template(template)
        .render(
            user=user,
            path=request.url.path,
            nav=[item[:3] for item in NAV if user is not None and (user.is_admin or not item[3])],
            csrf=csrf.token(cookie) if cookie else "",
            flash=read_flash(request),
            since=int(time.time() * 1000),
            **context,
        )
    )
    response = document(request, text.encode(), platform.settings, status)
    if FLASH in request.cookies:
        response.delete_cookie(FLASH)
    return response


def document(request: Request, body: bytes, settings: Settings, status: int = 200) -> Response:
    headers = HEADERS | {"Content-Security-Policy": policy(settings)}
    return zipped(request, body, headers, "text/html; charset=utf-8", status)


def zipped(request: Request, body: bytes, headers: Mapping[str, str], media_type: str, status: int = 200) -> Response:
    """Compressed for who can read that."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = gzip.compress(body, 5), {**headers, "Content-Encoding": "gzip"}
    return Response(body, status, headers, media_type)


def json_response(request: Request, content: bytes) -> Response:
    """Return JSON for the page's own scripts."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding, Cookie"}
    return zipped(request, content, headers, "application/json")


def policy(settings: Settings) -> str:
    """Nothing from anywhere else but the map's tiles, nothing inline."""
    tiles = ""
    if settings.map_tiles:
        parts = urlsplit(settings.map_tiles.replace("{s}", "*"))
        tiles = f" {parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self' data:{tiles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def own_path(text: str | None, otherwise: str = "/") -> str:
    """A path of ours to go on to; what leads anywhere else is not followed."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return otherwise
    return text


def secure(request: Request) -> bool:
    return request.url.scheme == "https"


def see_other(request: Request, path: str, message: str = "", *, tone: str = "good") -> Response:
    """On to another page, which shows the message once."""
    response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    if message:
        value = base64.urlsafe_b64encode(orjson.dumps([tone, message[:1000]])).decode()
        response.set_cookie(FLASH, value, max_age=30, httponly=True, samesite="lax", secure=secure(request))
    return response


def read_flash(request: Request) -> tuple[str, str] | None:
    """(tone, message) of what was done last."""
    try:
        tone, message = orjson.loads(base64.urlsafe_b64decode(request.cookies.get(FLASH, "")))
    except ValueError:
        return None
    return ("bad" if tone == "bad" else "good"), str(message)
