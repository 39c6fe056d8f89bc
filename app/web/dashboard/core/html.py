"""HTML responses: templates, the parts that every page has, security headers, redirects with a message."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.db.accounts.users import User
from app.domain.text.json_guard import parse_json
from app.settings import Settings
from app.web.accounts import session
from app.web.dashboard.core import assets, csrf
from app.web.dashboard.core.formatting import FILTERS
from app.web.platform import get_platform

FLASH_COOKIE = "trigpoint_flash"
FLASH_SECONDS = 30
MAX_FLASH_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation."""

    path: str
    label: str
    icon: str
    is_admin: bool = False
    """Whether only administrators see it."""
    also: tuple[str, ...] = ()
    """Paths of other pages that belong to it."""

    def leads_to(self, path: str) -> bool:
        """Whether a page is this one, or below it or one that belongs to it."""
        return path == self.path or any(
            path == below or path.startswith(f"{below}/") for below in (self.path, *self.also) if below != "/"
        )


NAVIGATION = {
    "": (
        Link("/", "Home", "gauge"),
        Link("/jobs", "Jobs", "jobs", also=("/errors",)),
        Link("/new", "New job", "plus", also=("/import", "/start")),
        Link("/map", "Map", "map"),
    ),
    "Data": (
        Link("/households", "Households", "home", also=("/voters", "/parcels", "/pois")),
        Link("/review", "Review", "check"),
        Link("/reference", "Reference data", "roof"),
        Link("/businesses", "Businesses", "shop", also=("/exclusions",)),
        Link("/companies", "Companies", "company", also=("/reports",)),
        Link("/signals", "Signals", "signal"),
    ),
    "Platform": (
        Link("/queues", "Queues", "queues", is_admin=True),
        Link("/workers", "Workers", "workers", is_admin=True),
        Link("/schedules", "Schedules", "clock", is_admin=True),
        Link("/webhooks", "Webhooks", "webhooks"),
        Link("/providers", "Providers", "providers", is_admin=True),
        Link("/audit", "Audit", "audit", is_admin=True),
        Link("/keys", "Keys", "key"),
        Link("/users", "Users", "users", is_admin=True),
        Link("/teams", "Teams", "team"),
    ),
}
"""The pages in groups, by the heading of the group."""

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
    env.globals.update(asset=assets.load_assets().url)
    return env


def fragment(template: str, macro: str, *args: Any) -> str:
    """Render one macro of a template, without anything of a request."""
    return str(getattr(environment().get_template(template).module, macro)(*args))


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a whole page for the user of the request, if there is one."""
    user: User | None = getattr(request.state, "user", None)
    platform = get_platform(request)
    cookie = session.find_token(request)
    text = (
        environment()
        .get_template(template)
        .render(
            user=user,
            path=request.scope["path"],
            nav={name: [link for link in links if _may_see(user, link)] for name, links in NAVIGATION.items()},
            csrf=csrf.create_token(cookie) if cookie else "",
            flash=read_flash(request),
            since=platform.changes.now_ms(),
            **context,
        )
    )
    headers = HEADERS | {"Content-Security-Policy": content_security_policy(platform.settings)}
    response = compressed_response(request, text.encode(), headers, "text/html; charset=utf-8", status)
    if session.get_cookie(request, FLASH_COOKIE) is not None:
        session.delete_cookie(request, response, FLASH_COOKIE)
    return response


def _may_see(user: User | None, link: Link) -> bool:
    return user is not None and (user.is_admin or not link.is_admin)


def compressed_response(
    request: Request, body: bytes, headers: Mapping[str, str], media_type: str, status: int = 200
) -> Response:
    """Return the body, compressed if the client accepts gzip."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = gzip.compress(body, 5), {**headers, "Content-Encoding": "gzip"}
    return Response(body, status, headers, media_type)


def json_response(request: Request, content: bytes) -> Response:
    """Return JSON for the page's own scripts."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding, Cookie"}
    return compressed_response(request, content, headers, "application/json")


def content_security_policy(settings: Settings) -> str:
    """Allow nothing inline, and nothing from other hosts except the map tiles."""
    tiles = ""
    if settings.map_tiles:
        parts = urlsplit(settings.map_tiles.replace("{s}", "*"))
        tiles = f" {parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self' data:{tiles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def local_path(text: str | None, otherwise: str = "/") -> str:
    """Return `text` if it is a path on this site, else `otherwise`: redirects never lead to another site."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return otherwise
    return text


def redirect(request: Request, path: str, message: str = "", *, tone: str = "good") -> Response:
    """Redirect to another page, which shows the message once. `tone` is `good` or `bad`."""
    response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    if message:
        value = base64.urlsafe_b64encode(orjson.dumps([tone, message[:MAX_FLASH_CHARACTERS]])).decode()
        session.set_cookie(request, response, FLASH_COOKIE, value, max_age=FLASH_SECONDS)
    return response


def read_flash(request: Request) -> tuple[str, str] | None:
    """Return the tone and the message of the last redirect, None without one."""
    try:
        tone, message = parse_json(base64.urlsafe_b64decode(session.get_cookie(request, FLASH_COOKIE) or ""))
    except (ValueError, TypeError):
        return None
    return ("bad" if tone == "bad" else "good"), str(message)
