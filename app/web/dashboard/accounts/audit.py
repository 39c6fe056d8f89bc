"""The audit log: who did what, newest first."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.audit import AuditEntry
from app.db.core.pool import Pool
from app.web.dashboard.core import html
from app.web.dashboard.core.formatting import humanize
from app.web.dashboard.core.panels import Panel
from app.web.platform import get_platform

PAGE_SIZE = 100
MAX_DETAIL_CHARACTERS = 300
LONG_ID = re.compile(r"(?<![\w-])[0-9a-f-]{24,64}([0-9a-f]{8})(?![\w-])")
"""Ids and digests, which are shortened to their last characters."""


def present(entry: AuditEntry) -> dict[str, Any]:
    """Return the entry for the template, with its details as one line of text."""
    parts = [
        f"{humanize(name)}: {_shorten_ids(value if isinstance(value, str) else orjson.dumps(value).decode())}"
        for name, value in entry.details.items()
        if value not in (None, "", [], {})
    ]
    text = " · ".join(parts)
    return asdict(entry) | {
        "text": text if len(text) <= MAX_DETAIL_CHARACTERS else f"{text[: MAX_DETAIL_CHARACTERS - 1]}…"
    }


def _shorten_ids(text: str) -> str:
    return LONG_ID.sub(r"\1", text)


async def list_newest(pool: Pool) -> list[dict[str, Any]]:
    async with pool.acquire() as conn:
        return [present(entry) for entry in await audit.list_entries(conn, limit=PAGE_SIZE)]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("audit_parts.html", "rows", await list_newest(pool))

    return Panel(render, max_age_seconds=60, announcements=("",))


async def index(request: Request) -> Response:
    platform = get_platform(request)
    params = request.query_params
    before = params.get("before", "")
    chosen = {name: params[name] for name in ("action", "email") if params.get(name)}
    async with platform.pool.acquire() as conn:
        entries = await audit.list_entries(
            conn,
            action=chosen.get("action"),
            email=chosen.get("email"),
            before=int(before) if before.isdecimal() and len(before) < 19 else None,
            limit=PAGE_SIZE,
        )
        actions = await audit.list_actions(conn)
    older = urlencode({**chosen, "before": entries[-1].id}) if len(entries) == PAGE_SIZE else None
    return html.page(
        request,
        "audit.html",
        entries=[present(entry) for entry in entries],
        actions=actions,
        chosen=chosen,
        older=older,
        is_live=not chosen and not before,
    )
