"""Before businesses are imported: do their ids belong to other businesses already, as those of another list?"""

from __future__ import annotations

import asyncio
from typing import BinaryIO

from app.db.core.pool import connection
from app.db.imports import business_changes
from app.db.imports.business_changes import KnownBusiness
from app.domain.imports.kinds import ImportArgs
from app.domain.imports.layout import Layout
from app.domain.jobs.outcomes import Failed
from app.domain.text.errors import Unreadable
from app.domain.websites.businesses import NewBusiness, normalise_name
from app.domain.websites.extraction.hosts import domain_of
from workers.core.context import JobContext
from workers.imports.importer import Importer
from workers.imports.progress import ImportProgress

MIN_OTHERS = 2
"""A single business may have moved and changed its name."""


async def find_overwritten(
    context: JobContext, args: ImportArgs, importer: Importer, progress: ImportProgress, file: BinaryIO, layout: Layout
) -> Failed | None:
    """Read the file once, and return the outcome if too many of its ids are those of other businesses."""
    known = others = read = 0
    reader = await asyncio.to_thread(importer.reader, file, layout, progress.position)
    while True:
        try:
            chunk = await asyncio.to_thread(reader.chunk)
        except Unreadable:  # the import itself reports it
            break
        new = {business.key: business for _, business in chunk.businesses}
        async with connection(context.resources.pool) as conn:
            found = await business_changes.list_known(conn, list(new))
        known, read = known + len(found), read + len(new)
        others += sum(not _is_same(business, new[business.key]) for business in found)
        if chunk.last:
            break
        async with context.step():  # renews the lease, and is where the job can be stopped
            pass
    if others < MIN_OTHERS or max(others / max(1, known), others / max(1, read)) <= args.max_overwrite_rate:
        return None
    reason = (
        f"The import would overwrite {others:,} of {known:,} businesses that have the same ids (source"
        f" {args.source!r}): they have other names, websites and addresses. Nothing was changed. If the file is another"
        " list, send it with source=<a name of its own>; to replace the businesses, send it with allowOverwrite=true."
    )
    progress.overwrite = {"records": others, "of": known} | ({"stops": reason} if args.dry_run else {})
    return None if args.dry_run else Failed(reason)


def _is_same(known: KnownBusiness, new: NewBusiness) -> bool:
    """Whether they have the same name, domain or address."""
    domain = domain_of(new.website or "")
    return (
        normalise_name(known.name) == normalise_name(new.name)
        or (known.domain is not None and known.domain == domain)
        or (
            bool(known.address and new.address)
            and normalise_name(known.address or "") == normalise_name(new.address or "")
        )
    )
