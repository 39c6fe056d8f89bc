"""Whether the records exist that the arguments of a job name, so that no job is created that can only fail."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from app.db.accounts.users import User
from app.db.jobs import references
from app.domain.heatmaps import packaged_cities
from app.domain.jobs.spec import NewJob, RecordType
from app.errors import Invalid
from app.web.platform import Platform

MAX_PROBLEMS = 100


async def require_existing(platform: Platform, user: User, new: Sequence[NewJob], *, is_list: bool = False) -> None:
    """Raises Invalid, which names the argument, for records that do not exist or belong to another user."""
    ids: dict[RecordType, set[str]] = defaultdict(set)
    for job in new:
        for reference in job.references:
            ids[reference.type].add(reference.id)
    if not ids:
        return
    async with platform.pool.acquire() as conn:
        existing = {type_: await references.find_existing(conn, type_, ids[type_], user.id) for type_ in ids}
    problems: dict[RecordType, dict[str, str]] = {}
    for type_ in ids:
        missing = ids[type_] - existing[type_]
        if type_ is RecordType.CITY:
            problems[type_] = await asyncio.to_thread(_city_problems, missing)
        else:
            problems[type_] = {id_: f"there is no {type_} {id_}" for id_ in missing}
    found = [
        (f"{index}.data.{reference.field}" if is_list else f"data.{reference.field}", problem)
        for index, job in enumerate(new)
        for reference in job.references
        if (problem := problems[reference.type].get(reference.id)) is not None
    ]
    if found:
        raise Invalid(found[:MAX_PROBLEMS])


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
