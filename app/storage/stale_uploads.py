"""Remove uploads that nobody needs any more: they hold personal data."""

from __future__ import annotations

import asyncio
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Pool
from app.db.imports import uploads
from app.storage.uploads import Uploads


async def remove_stale(pool: Pool, url: str, user_id: UUID | None = None) -> int:
    """Remove the stale uploads of one user or of all, at most MAX_STALE_PER_CLEANUP. Returns how many.

    Each is a transaction, and those that another process removes are left to it. Raises OSError for a storage that
    cannot be reached: its uploads stay known, and are removed later. While a backup runs, nothing is removed.
    """
    async with pool.acquire() as conn:
        stale = await uploads.list_stale(conn, user_id)
    if not stale:
        return 0
    store, removed = await asyncio.to_thread(Uploads, url), 0
    for upload_id in stale:
        async with pool.acquire() as conn, conn.transaction():
            if not await locks.try_acquire_shared(conn, Lock.BACKUP):
                break
            if await uploads.lock_stored(conn, upload_id):
                await asyncio.to_thread(store.remove, upload_id)
                await uploads.forget(conn, upload_id)
                removed += 1
    return removed
