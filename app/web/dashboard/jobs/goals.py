"""Paths from what one wants to a job: choose a file or records, see how many match and how long it takes, start."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import quota
from app.db.companies.table_view import COMPANIES
from app.db.core.pool import Connection
from app.db.core.table_views import Choice, TableView, TooSlow, list_page
from app.db.heatmaps import cities
from app.db.households.table_view import HOUSEHOLDS
from app.db.jobs import durations
from app.db.websites.table_view import BUSINESSES
from app.domain.companies.kinds import COMPANY_RESEARCH
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP
from app.domain.heatmaps.grid import Grid
from app.domain.imports.upload_kinds import UploadKind
from app.domain.websites.kinds import WEBSITE_VALIDATION
from app.errors import BadRequest, NotFound
from app.web.dashboard.core import html
from app.web.dashboard.core.formatting import count_of, duration
from app.web.platform import get_platform

PREVIEW_ROWS = 5
MAX_CITIES = 12
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, and the card that offers it."""

    name: str
    label: str
    text: str
    files: Mapping[str, UploadKind]
    """What a file is imported as, by the label of the button."""
    fields: Mapping[str, str]
    """Labels of the fields that choose among the records that there are, by parameter."""


GOALS = {
    goal.name: goal
    for goal in (
        Goal(
            "map",
            "Put a list on the map",
            "A file of addresses, or households that are here already.",
            {"Keep the addresses as households": UploadKind.HOUSEHOLDS,
             "Only add coordinates to the file": UploadKind.GEOCODE_FILE},
            {"city": "City", "state": "State", "zip": "ZIP", "county": "County", "precinct": "Precinct"},
        ),
        Goal(
            "websites",
            "Check websites and find contacts",
            "Whether websites work, and the e-mail addresses, profiles and phone numbers on them.",
            {"Look at the file": UploadKind.BUSINESSES},
            {"city": "City", "state": "State"},
        ),
        Goal(
            "research",
            "Research companies",
            "A report in which every sentence quotes a stored source.",
            {},
            {"q": "Company"},
        ),
        Goal(
            "heatmap",
            "Heat map of a city",
            "How well each part of a city is supplied with groceries, from 0 to 100.",
            {},
            {"q": "City"},
        ),
        Goal(
            "voters",
            "Import a voter file",
            "The file of a state or county, in its own layout.",
            {"Look at the file": UploadKind.VOTERS},
            {},
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Matches:
    """The records that the fields choose."""

    count: int
    is_estimate: bool
    rows: list[list[str]]
    """The first ones, to be recognised."""


async def show(request: Request) -> Response:
    """Show the path to a goal. Raises NotFound and BadRequest."""
    goal = GOALS.get(request.path_params["goal"])
    if goal is None:
        raise NotFound("There is no such page. Start from the list of goals.")
    values = {name: request.query_params.get(name, "").strip() for name in goal.fields}
    if any(len(value) > MAX_TEXT or "\0" in value for value in values.values()):
        raise BadRequest(f"A field has at most {MAX_TEXT} characters, and no NUL.")
    async with get_platform(request).pool.acquire() as conn:
        more = await PATHS[goal.name](request, conn, values) if goal.name in PATHS else {}
    chosen = any(values.values()) or goal.name == "research"
    return html.page(
        request,
        "goal.html",
        goal=goal,
        values=values,
        chosen=chosen,
        once=secrets.token_urlsafe(12),
        **{**EMPTY, **more},
    )


EMPTY: Mapping[str, Any] = {"matches": None, "estimate": "", "facts": [], "lacking": [], "places": [], "left": None}


async def _households(request: Request, conn: Connection, values: Mapping[str, str]) -> dict[str, Any]:
    filters = {name: value for name, value in values.items() if value} | {"location": "none"}
    columns = ("address", "city", "state", "zip_code")
    matches = await _find(request, conn, HOUSEHOLDS, columns, Choice("newest", filters))
    rate = await durations.get_rate(conn, GEOCODE_HOUSEHOLDS.kind)
    used = [status.name for status in await get_platform(request).geocoder.statuses() if status.on]
    return {
        "matches": matches,
        "estimate": _time(None if not (matches and rate) else matches.count / rate),
        "facts": [f"Geocoders, in the order in which they are asked: {', '.join(used)}." if used else ""],
        "lacking": [] if used else ["No geocoder is configured: an administrator must set TRIGPOINT_GEOCODERS."],
    }


async def _businesses(request: Request, conn: Connection, values: Mapping[str, str]) -> dict[str, Any]:
    filters = {name: value for name, value in values.items() if value} | {"website": "unchecked", "excluded": "no"}
    matches = await _find(request, conn, BUSINESSES, ("name", "website", "city"), Choice("newest", filters))
    pace = await durations.get_pace(conn, WEBSITE_VALIDATION.kind, WEBSITE_VALIDATION.queue.name)
    seconds = matches.count * pace.seconds / pace.at_once if matches and pace.seconds else None
    return {"matches": matches, "estimate": _time(seconds)}


async def _companies(request: Request, conn: Connection, values: Mapping[str, str]) -> dict[str, Any]:
    platform = get_platform(request)
    user: User = request.state.user
    matches = await _find(request, conn, COMPANIES, ("id", "name", "website"), Choice("newest", {}, values["q"]))
    pace = await durations.get_pace(conn, COMPANY_RESEARCH.kind, COMPANY_RESEARCH.queue.name)
    left = max(0, platform.settings.research_quota - await quota.count_used(conn, user.id))
    lacking = [] if platform.settings.llm_url else [
        "Reports need a language model: an administrator must set TRIGPOINT_LLM_URL and TRIGPOINT_LLM_MODEL."
    ]  # fmt: skip
    if not left:
        lacking.append("Your researches of this month are used up. They are renewed on the first of the month.")
    seconds = pace.estimate(user.id, pace.seconds) if pace.seconds else None
    return {
        "matches": matches,
        "estimate": _time(seconds),
        "facts": [f"You have {count_of(left, 'research', 'researches')} left this month; each report is one."],
        "lacking": lacking,
        "left": left,
    }


async def _cities(request: Request, conn: Connection, values: Mapping[str, str]) -> dict[str, Any]:
    if not values["q"]:
        return {}
    page = await cities.list_page(conn, search=values["q"], limit=MAX_CITIES)
    places = []
    for city in page.rows:
        grid = Grid.covering(city.bounds, DEFAULT_GRID_STEP)
        places.append({"slug": city.slug, "name": city.name, "country": city.country, "cells": grid.cells})
    return {"places": places}


PATHS = {"map": _households, "websites": _businesses, "research": _companies, "heatmap": _cities}
"""What reads the records of a path, by goal."""


async def _find(
    request: Request, conn: Connection, view: TableView, columns: tuple[str, ...], choice: Choice
) -> Matches | None:
    """Return the matching records; None if finding them takes long."""
    user: User = request.state.user
    try:
        page = await list_page(conn, view, columns, choice, user.id, after=None, limit=PREVIEW_ROWS)
    except TooSlow:
        return None
    rows = [[str(row.values[name] or "") for name in columns] for row in page.rows]
    return Matches(page.total.count, page.total.is_estimate, rows)


def _time(seconds: float | None) -> str:
    """Return how long it takes, judged by recent jobs of the kind."""
    if seconds is None:
        return "There is no estimate, because no such job has finished within 7 days."
    return f"It takes about {duration(max(1.0, seconds))}, at the speed of recent jobs."
