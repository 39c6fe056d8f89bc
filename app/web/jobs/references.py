"""Whether the records exist that the arguments of a job name, so that no job is created that can only fail."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import references
from app.domain.heatmaps import packaged_cities
from app.domain.jobs.spec import NewJob, RecordType, Reference
from app.errors import Invalid
from app.web.platform import Platform


async def require_existing(platform: Platform, user: User, new: Sequence[NewJob], *, is_list: bool = False) -> None:
    """Raises Invalid, which names the argument, for records that do not exist or belong to another user."""
    named = [
        (f"{index}.data.{reference.field}" if is_list else f"data.{reference.field}", reference)
        for index, job in enumerate(new)
        for reference in job.references
    ]
    if named:
        async with platform.pool.acquire() as conn:
            await check_references(conn, user.id, named)


async def check_references(conn: Connection, user_id: UUID, named: Iterable[tuple[str, Reference]]) -> None:
    """Raise Invalid for records that the user may not use; each comes with the path of the field that names it."""
    named = list(named)
    ids: dict[RecordType, set[str]] = defaultdict(set)
    for _, reference in named:
        ids[reference.type].add(reference.id)
    problems: dict[RecordType, dict[str, str]] = {}
    for type_, wanted in ids.items():
        missing = wanted - await references.find_existing(conn, type_, wanted, user_id)
        if type_ is RecordType.CITY:
            problems[type_] = await asyncio.to_thread(_city_problems, missing)
        elif type_ is RecordType.WEBSITE:
            problems[type_] = {id_: f"business {id_} has no website, or is excluded: not visited" for id_ in missing}
        else:
            problems[type_] = {id_: f"there is no {type_} {id_}" for id_ in missing}
    found: dict[tuple[str, str], str] = {}
    for field, reference in named:
        if (problem := problems[reference.type].get(reference.id)) is not None:
            found.setdefault((field, reference.id), problem)
    if found:
        raise Invalid([(field, problem) for (field, _), problem in found.items()])


def _city_problems(slugs: set[str]) -> dict[str, str]:
    """Return what is wrong with slugs that are not stored: a packaged city is stored when its first job runs."""
    problems = {}
    for slug in slugs:
        try:
            if packaged_cities.find(slug) is None:
                similar = ", ".join(packaged_cities.similar_slugs(slug))
                problems[slug] = f"there is no city {slug!r}." + (f" Did you mean {similar}?" if similar else "")
        except packaged_cities.AmbiguousName as ambiguous:
            problems[slug] = str(ambiguous)
    return problems
