"""Saved mappings in requests with a file: `mapping=@name`, and the one that is suggested because it fits the file."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from app.db.accounts.users import User
from app.db.imports import mappings
from app.db.imports.mappings import SavedMapping
from app.domain.imports.date_orders import DateOrder
from app.domain.imports.layout import Layout, recognise_table
from app.domain.imports.sample import read_sample
from app.domain.imports.survey import FileFormat
from app.domain.text.columns import canonical
from app.domain.text.errors import Unreadable
from app.errors import BadRequest, Invalid
from app.web.http.models import RawObject, ResponseModel
from app.web.http.uploads import Upload
from app.web.platform import Platform

PREFIX = "@"
MAX_NAMES_SHOWN = 10


class SuggestedMapping(ResponseModel):
    """A saved mapping whose file had the same columns. Send it with `mapping=@name`."""

    name: str
    mapping: RawObject
    date_order: DateOrder | None


async def with_saved_mapping(
    platform: Platform, user: User, fields: Mapping[str, Any], *, has_date_order: bool = False
) -> dict[str, str]:
    """Return what takes the place of the option `mapping=@name`: the user's mapping of that name; {} for another one.

    With `has_date_order` its order of dates is added, unless the options have one. Raises Invalid for an unknown name.
    """
    text = fields.get("mapping", "")
    if not isinstance(text, str) or not text.strip().startswith(PREFIX):
        return {}
    name = text.strip().removeprefix(PREFIX).strip()
    async with platform.pool.acquire() as conn:
        saved = await mappings.find(conn, user.id, name)
        others = [] if saved else await mappings.list_mappings(conn, user.id)
    if saved is None:
        listed = ", ".join(f"@{other.name}" for other in others[:MAX_NAMES_SHOWN]) or "none"
        raise Invalid([("mapping", f"you have no saved mapping {name[:100]!r}; there is {listed}")])
    replaced = {"mapping": orjson.dumps(saved.mapping).decode()}
    if has_date_order and saved.date_order and not fields.get("dateOrder"):
        replaced["dateOrder"] = saved.date_order
    return replaced


async def find_suggestion(
    platform: Platform, user: User, kind: str, upload: Upload, known: Collection[str]
) -> SuggestedMapping | None:
    """Return the user's newest mapping for this kind of file that was saved for the same columns.

    `known` are the canonical names of columns by which the header is recognised.
    """
    async with platform.pool.acquire() as conn:
        saved = await mappings.list_mappings(conn, user.id, kind)
    fitting = await asyncio.to_thread(_find_fitting, upload, saved, known) if saved else None
    if fitting is None:
        return None
    order: Any = fitting.date_order
    return SuggestedMapping(name=fitting.name, mapping=fitting.mapping, date_order=order)


def _find_fitting(upload: Upload, saved: Sequence[SavedMapping], known: Collection[str]) -> SavedMapping | None:
    names = {name for each in saved for name in each.columns}
    try:
        if upload.format is FileFormat.DELIMITED:
            header: Sequence[str] = recognise_table(upload.survey, names.union(known)).header
        else:
            with upload.store.open(upload.id) as file:
                header = read_sample(file, Layout(upload.format, [])).header
    except Unreadable:
        return None
    columns = sorted({canonical(name) for name in header})
    return next((each for each in saved if each.columns == columns), None)


def refused(error: Unreadable, suggestion: SuggestedMapping | None) -> BadRequest | Unreadable:
    """Return the error for a file that cannot be understood, with the saved mapping that would help."""
    if suggestion is None:
        return error
    return BadRequest(
        f"{error} Your saved mapping {suggestion.name!r} fits this file: send mapping=@{suggestion.name}.",
        suggestedMapping=suggestion.model_dump(mode="json", by_alias=True),
    )
