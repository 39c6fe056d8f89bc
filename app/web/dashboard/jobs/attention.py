"""Collect what needs attention: failures by cause, stalled queues, failing providers, quotas nearly used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.db.jobs.causes import FailureGroup
from app.db.jobs.queues import Queue
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.domain.jobs.causes import explain
from app.web.dashboard.core.formatting import count_of, humanize, number

MAX_CAUSES = 5
NEARLY_USED = 0.8
"""Share of a quota or daily limit from which on it is pointed out."""
MIN_ERRORS = 10
ERROR_SHARE = 0.2
"""Errors of a provider are pointed out from both on."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that needs somebody, the page that shows it, and the words of the link."""

    text: str
    detail: str = ""
    link: str = ""
    label: str = ""
    is_admin: bool = False
    """Whether the page is for administrators."""


def of_failures(groups: Sequence[FailureGroup]) -> list[Attention]:
    """Return the most frequent causes of failed jobs, and a sum of the others."""
    found = [_of_group(group) for group in groups[:MAX_CAUSES]]
    rest = sum(group.jobs for group in groups[MAX_CAUSES:])
    if rest:
        found.append(Attention(f"{_jobs(rest)} failed for other reasons", "", "/errors?within=24h", "Show"))
    return found


def _of_group(group: FailureGroup) -> Attention:
    detail = explain(group.kind, group.error).text
    if group.jobs == 1:
        text = f"{group.example_title or humanize(group.kind)} failed"
        return Attention(text, detail, f"/jobs/{group.example_id}", "Open")
    query = urlencode({"within": "24h", "kind": group.kind, "cause": group.digest})
    return Attention(f"{humanize(group.kind)}: {_jobs(group.jobs)} failed", detail, f"/errors?{query}", "Show")


def of_storage(*faults: str | None) -> list[Attention]:
    """Return the disks that are full, and the uploads folder that cannot be written."""
    return [Attention(f"Nothing can be stored: {fault}", "Jobs wait until then.") for fault in faults if fault]


def of_schema(mismatch: str | None) -> list[Attention]:
    """Return that the schema does not fit this version, and what to do."""
    return [Attention(f"{mismatch[:1].upper()}{mismatch[1:]}")] if mismatch else []


def of_queues(queues: Sequence[Queue]) -> list[Attention]:
    """Return the queues that are paused, have the limit 0, or wait for a worker."""
    found = []
    if queues and not any(queue.workers for queue in queues):
        waiting = sum(queue.ready for queue in queues)
        found.append(Attention("No worker is running", _waiting(waiting), "/workers", "Workers", is_admin=True))
    for queue in queues:
        limit = queue.concurrency if queue.concurrency_override is None else queue.concurrency_override
        about = _waiting(queue.ready + queue.deferred)
        if queue.paused:
            found.append(Attention(f"Queue {queue.name} is paused", about, "/queues", "Queues", is_admin=True))
        elif limit == 0:
            text = f"The limit of queue {queue.name} is 0, so none of its jobs runs"
            found.append(Attention(text, about, "/queues", "Queues", is_admin=True))
        elif queue.ready and not queue.workers and any(other.workers for other in queues):
            text = f"No worker serves queue {queue.name}"
            found.append(Attention(text, about, "/workers", "Workers", is_admin=True))
    return found


def _waiting(jobs: int) -> str:
    return f"{_jobs(jobs)} {'waits' if jobs == 1 else 'wait'}" if jobs else ""


def _jobs(count: int) -> str:
    return count_of(count, "job")


def of_providers(statuses: Sequence[GeocoderStatus]) -> list[Attention]:
    """Return the geocoders in use that fail, or that have used most of their daily limit."""
    found = []
    for status in statuses:
        if not status.on:
            continue
        asked = f"{number(status.errors)} errors, {number(status.used_today)} requests today"
        if status.breaker == "open":
            text = f"{status.name} fails, and is not asked for a while"
            found.append(Attention(text, asked, "/providers", "Providers", is_admin=True))
        elif status.errors >= max(MIN_ERRORS, ERROR_SHARE * status.used_today):
            found.append(Attention(f"{status.name} often fails", asked, "/providers", "Providers", is_admin=True))
        if status.daily and status.used_today >= NEARLY_USED * status.daily:
            text = f"{status.name} has used {number(status.used_today)} of {number(status.daily)} requests of today"
            found.append(Attention(text, "", "/providers", "Providers", is_admin=True))
    return found


def of_quota(used: int, limit: int) -> list[Attention]:
    """Return the user's quota of researches, if it is nearly used."""
    if used < NEARLY_USED * limit:
        return []
    text = f"{number(used)} of your {number(limit)} researches of this month are used"
    return [Attention(text, "It is renewed on the first of the month.")]
