"""The cleanup of uploads, a loop in every worker: removes files whose time is over, and that no job needs."""

from __future__ import annotations

import asyncio
import random

import structlog

from app.db.core.pool import TRY_AGAIN
from app.db.imports.uploads import MAX_STALE_PER_CLEANUP
from app.storage.stale_uploads import remove_stale
from workers.core.worker import Worker

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 60.0


async def keep_removing_uploads(worker: Worker) -> None:
    """Remove stale uploads until cancelled, about once a minute (plus or minus 10 %, so that workers spread out)."""
    while True:
        removed = 0
        try:
            removed = await remove_stale(worker.pool, worker.resources.settings.uploads_url)
            if removed:
                log.info("uploads_removed", uploads=removed)
        except TRY_AGAIN as error:
            log.warning("upload_cleanup_failed", error=repr(error))
        except Exception:
            log.exception("upload_cleanup_failed")
        if removed < MAX_STALE_PER_CLEANUP:
            await asyncio.sleep(INTERVAL_SECONDS * random.uniform(0.9, 1.1))
