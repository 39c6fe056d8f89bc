"""The pages of schedules, which create jobs at set times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Pool
from app.db.jobs import schedules as stored_schedules
from app.domain.jobs.schedules import Missed, Overlap
from app.domain.text.json_guard import UnsafeJson, parse_json
from app.errors import AppError, NotFound
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.panels import Panel
from app.web.http.request_parsing import path_id
from app.web.jobs import schedules
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_SCHEDULES = 500
EMPTY_FORM = {
    "name": "",
    "cron": "",
    "timezone": "UTC",
    "type": "",
    "data": "{}",
    "priority": "5",
    "missed": Missed.LAST.value,
    "overlap": Overlap.SKIP.value,
}
MISSED_LABELS = {Missed.LAST: "run once", Missed.ALL: "run each of them", Missed.SKIP: "skip them"}
OVERLAP_LABELS = {Overlap.SKIP: "skip the run", Overlap.ALLOW: "create another job"}


async def list_schedules(pool: Pool) -> list[dict[str, Any]]:
    async with pool.acquire() as conn:
        page = await stored_schedules.list_schedules(conn, None, limit=MAX_SCHEDULES)
    return [asdict(schedule) | {"next_runs": schedules.next_runs(schedule)} for schedule in page.rows]


def panel(pool: Pool) -> Panel:
    async def render() -> str:
        return html.fragment("schedule_parts.html", "rows", await list_schedules(pool))

    return Panel(render, max_age_seconds=15, announcements=("SCHEDULE_",))


async def index(request: Request) -> Response:
    return html.page(request, "schedules.html", schedules=await list_schedules(get_platform(request).pool))


def form_page(
    request: Request,
    values: dict[str, str],
    error: str = "",
    status: int = 200,
    name: str | None = None,
    next_runs: Sequence[datetime] = (),
) -> Response:
    """Render the form of a schedule. `name` is that of an existing one, None for a new one."""
    platform = get_platform(request)
    return html.page(
        request,
        "schedule_form.html",
        status=status,
        values=values,
        error=error,
        name=name,
        next_runs=next_runs,
        kinds=sorted(platform.specs),
        missed=MISSED_LABELS,
        overlap=OVERLAP_LABELS,
    )


async def new(request: Request) -> Response:
    """Show an empty form; query parameters fill its fields."""
    values = {name: request.query_params.get(name, default) for name, default in EMPTY_FORM.items()}
    return form_page(request, values)


async def edit(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    async with platform.pool.acquire() as conn:
        schedule = await stored_schedules.get(conn, path_id(request), reader_id(user))
    if schedule is None:
        raise NotFound("Schedule not found.")
    values = {name: str(getattr(schedule, "kind" if name == "type" else name)) for name in EMPTY_FORM}
    return form_page(request, values, name=schedule.name, next_runs=schedules.next_runs(schedule))


async def create(request: Request) -> Response:
    return await _save(request, schedules.create, "POST")


async def update(request: Request) -> Response:
    return await _save(request, schedules.update, "PATCH")


async def _save(request: Request, handler: internal_api.Handler, method: str) -> Response:
    form = await read_form(request)
    values = {name: str(form.get(name, "")) for name in EMPTY_FORM}
    name = None if method == "POST" else values["name"]
    try:
        data = parse_json(values["data"] or "{}")
    except (orjson.JSONDecodeError, UnsafeJson) as error:
        return form_page(request, values, f"The job input is not valid JSON: {error}", 422, name)
    try:
        await internal_api.call(request, handler, {**values, "data": data}, method=method)
    except AppError as error:
        return form_page(request, values, error.detail, error.status, name)
    return html.redirect(request, "/schedules", f"Schedule {values['name']} saved.")


async def run_action(request: Request) -> Response:
    """Run the form's `action` on a schedule: run, enable, disable or delete."""
    form = await read_form(request)
    action = str(form.get("action", ""))
    if action == "delete":
        question = "Delete this schedule? The jobs that it created are kept."
        if (page := confirm.ask(request, form, question, "Delete schedule")) is not None:
            return page
    try:
        match action:
            case "run":
                created = await internal_api.call(request, schedules.run)
                return html.redirect(request, f"/jobs/{created['jobId']}", "Job created from the schedule.")
            case "delete":
                await internal_api.call(request, schedules.delete, method="DELETE")
            case "enable" | "disable":
                await internal_api.call(request, schedules.update, {"enabled": action == "enable"}, method="PATCH")
    except AppError as error:
        return html.redirect(request, "/schedules", error.detail, tone="bad")
    return html.redirect(request, "/schedules", f"Schedule {action}d.")
