"""`trigpoint worker`: run a worker process."""

from __future__ import annotations

import os
import sys


def worker() -> None:
    """Run a worker on the servers in DATABASE_URL and REDIS_URL; equivalent to `arq workers.Settings`.

    WORKER_ROUTE selects the queues that it serves, WORKER_SLOTS the number of concurrent jobs.
    """
    os.execv(sys.executable, [sys.executable, "-m", "arq", "workers.Settings"])
