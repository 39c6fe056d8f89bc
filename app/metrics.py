"""The metrics of the platform, except for those of providers (`providers.metrics`). docs/metrics.md describes them.

Every label has few values: kinds, queues, routes, statuses; never an id, a path or an address. Children of labels are
kept where they are used often, so that counting a job takes microseconds.
"""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from app.version import VERSION

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds in seconds for what a request waits for."""
LONG = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)
"""Bounds in seconds for jobs."""

BUILD = Gauge(
    "trigpoint_build_info", "Always 1; the labels say what runs.", ["version", "component"], multiprocess_mode="max"
)
LOOP_LAG = Histogram("trigpoint_event_loop_lag_seconds", "How late the event loop runs what is due.", buckets=SHORT)
REDIS_AVAILABLE = Gauge(
    "trigpoint_redis_available", "Whether this process can use Redis (1 or 0).", multiprocess_mode="min"
)
DISPATCHES = Counter("trigpoint_dispatches_total", "Dispatches sent to workers, by result.", ["result"])
POOL_WAIT = Histogram("trigpoint_pool_wait_seconds", "Waiting for a connection to Postgres.", ["pool"], buckets=SHORT)
POOL_TIMEOUTS = Counter("trigpoint_pool_timeouts_total", "Callers that got no connection in time.", ["pool"])

HTTP_SECONDS = Histogram(
    "trigpoint_http_request_seconds", "Requests until the end of the response.", ["method", "route"], buckets=SHORT
)
HTTP_REQUESTS = Counter("trigpoint_http_requests_total", "Requests by status.", ["method", "route", "status"])
HTTP_IN_PROGRESS = Gauge(
    "trigpoint_http_requests_in_progress", "Requests that are being answered.", multiprocess_mode="livesum"
)

JOBS_ENDED = Counter("trigpoint_jobs_ended_total", "Runs of jobs by their outcome.", ["kind", "outcome"])
JOB_ATTEMPTS = Counter("trigpoint_job_runs_started_total", "Runs of jobs, each of which is a claim.", ["kind"])
JOB_RETRIES = Counter("trigpoint_job_retry_runs_total", "Runs that are not of the first attempt.", ["kind"])
JOB_RUNNING = Histogram("trigpoint_job_run_seconds", "Duration of runs.", ["kind"], buckets=LONG)
JOB_WAITING = Histogram(
    "trigpoint_job_wait_seconds", "From the creation of a job to its first run.", ["kind"], buckets=LONG
)
JOB_ITEMS = Counter("trigpoint_job_items_total", "Items that runs processed.", ["kind"])
LEASES_EXPIRED = Counter("trigpoint_leases_expired_total", "Jobs taken back from lost workers.")
UNDELIVERED = Counter("trigpoint_dispatches_undelivered_total", "Jobs that were dispatched and never arrived.")
HEARTBEATS_FAILED = Counter("trigpoint_heartbeats_failed_total", "Heartbeats of workers that could not be sent.")
SLOTS = Gauge("trigpoint_worker_slots", "Slots of this worker.", multiprocess_mode="livesum")
SLOTS_USED = Gauge("trigpoint_worker_slots_used", "Slots in use.", multiprocess_mode="livesum")
WEBHOOKS = Counter("trigpoint_webhook_deliveries_total", "Attempts to deliver a message, by result.", ["result"])
WEBHOOK_SECONDS = Histogram("trigpoint_webhook_delivery_seconds", "Duration of these attempts.", buckets=SHORT)

POSTGRES_AVAILABLE = Gauge(
    "trigpoint_postgres_available",
    "Whether the API could read the state of the queues (1 or 0).",
    multiprocess_mode="min",
)
OLDEST_SNAPSHOT = Gauge(
    "trigpoint_oldest_snapshot_seconds",
    "Age of the oldest open snapshot of the database beyond 2 minutes; 0 without one.",
    multiprocess_mode="mostrecent",
)
QUEUE_JOBS = Gauge(
    "trigpoint_queue_jobs", "Unfinished jobs by state.", ["queue", "state"], multiprocess_mode="mostrecent"
)
QUEUE_AGE = Gauge(
    "trigpoint_queue_oldest_ready_seconds", "Age of the oldest job that is due; 0 without one.", ["queue"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
QUEUE_WORKERS = Gauge(
    "trigpoint_queue_workers", "Live workers on its route.", ["queue"], multiprocess_mode="mostrecent"
)
QUEUE_CONCURRENCY = Gauge(
    "trigpoint_queue_concurrency",
    "Jobs that may run at once, over all workers.",
    ["queue"],
    multiprocess_mode="mostrecent",
)
QUEUE_PAUSED = Gauge(
    "trigpoint_queue_paused", "Whether it is paused (1 or 0).", ["queue"], multiprocess_mode="mostrecent"
)


class KindMetrics:
    """The metrics of one kind of job."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._started, self._retried = JOB_ATTEMPTS.labels(kind), JOB_RETRIES.labels(kind)
        self._seconds, self._waited, self._items = (
            JOB_RUNNING.labels(kind), JOB_WAITING.labels(kind), JOB_ITEMS.labels(kind),
        )  # fmt: skip
        self._outcomes: dict[str, Counter] = {}

    def started(self, attempt: int, waited_seconds: float | None) -> None:
        """Count the begin of a run; `waited_seconds` is None for a job that has run before."""
        self._started.inc()
        if attempt > 1:
            self._retried.inc()
        if waited_seconds is not None:
            self._waited.observe(waited_seconds)

    def ended(self, outcome: str, seconds: float, items: int) -> None:
        """Count the end of a run."""
        if outcome not in self._outcomes:
            self._outcomes[outcome] = JOBS_ENDED.labels(self._kind, outcome)
        self._outcomes[outcome].inc()
        self._seconds.observe(seconds)
        if items > 0:
            self._items.inc(items)


@cache
def of_kind(kind: str) -> KindMetrics:
    """Return the metrics of a kind of job that this process knows."""
    return KindMetrics(kind)


def set_component(component: str) -> None:
    """Say what this process is: `api` or `worker`."""
    BUILD.labels(VERSION, component).set(1)


def render() -> bytes:
    """Return all metrics in the text format; of all processes that share PROMETHEUS_MULTIPROC_DIR, if it is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
