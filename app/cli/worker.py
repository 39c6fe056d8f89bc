"""`trigpoint worker`: one worker process."""

from __future__ import annotations

import os
import sys


def worker() -> None:
    """Run one worker, on the servers that DATABASE_URL and REDIS_URL name: the same as `arq workers.Settings`.

    WORKER_ROUTE and WORKER_SLOTS say what it serves and how much of it at once.
    """
    os.execv(sys.executable, [sys.executable, "-m", "arq", "workers.Settings"])
