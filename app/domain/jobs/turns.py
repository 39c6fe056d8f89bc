"""Choose the next job: users take turns within a queue and priority, queues take turns on the slots of a route.

Pure functions over the waiting jobs that one admission looks at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue that may admit jobs."""

    name: str
    route: str
    rank: int
    """Its priority among the queues of the route; 1 goes first."""
    dispatch_size: int
    workers: int
    """Live workers on the route."""
    concurrency: int
    """Of the queue, on all workers together."""
    held: int
    """Slots that its jobs hold."""
    wanted: int
    """How many jobs it may admit at most: its own limit and the free slots of the route allow no more."""
    free: int
    """Free slots of the route."""
    served: Sequence[UUID] = ()
    """The users whose jobs were admitted last while slots were scarce, the latest at the end."""
    last_turn: float | None = None
    """When the queue last got a slot that several queues wanted, as Unix time."""
    overdue: bool = False
    """Whether jobs have been waiting for long, and the queue has had no turn for as long."""
    crowded: bool = False
    """Whether more users are waiting than one admission looks at. They then follow each other in a fixed order."""


class WaitingJob(NamedTuple):
    """A job that could be admitted."""

    id: UUID
    priority: int
    user: UUID
    running: int = 0
    """Slots that jobs of this user hold in the queue."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The record of an admission, so that others are next."""

    queue: str
    served: list[UUID]
    """The users whose jobs were admitted last, the latest at the end."""
    is_contended: bool
    """Whether the queue got slots that other queues wanted as well."""


@dataclass(frozen=True, slots=True)
class Turns:
    admitted: list[tuple[QueueState, WaitingJob]]
    """In their order, route by route."""
    taken: list[Turn]


def take_turns(lines: Iterable[tuple[QueueState, Sequence[WaitingJob]]]) -> Turns:
    """Return what may be admitted of the jobs that wait in each queue, given in any order.

    Of each user and priority, the jobs must include the first ones in the order of their ids.
    """
    routes: dict[str, list[tuple[QueueState, list[WaitingJob]]]] = defaultdict(list)
    for queue, jobs in lines:
        routes[queue.route].append((queue, order_by_turns(queue, jobs)[: queue.wanted]))
    admitted: list[tuple[QueueState, WaitingJob]] = []
    taken: list[Turn] = []
    for route in sorted(routes):
        queues = routes[route]
        chosen = [(queue, job) for queue, jobs in queues for job in jobs]
        is_contended = len(chosen) > queues[0][0].free
        if is_contended:
            chosen = share_slots(queues, queues[0][0].free)
        admitted += chosen
        for queue, _ in queues:
            users = [job.user for other, job in chosen if other is queue]
            served = remember(queue.served, users)
            is_full = len(users) == queue.wanted or is_contended
            if users and (is_contended or (is_full and served != list(queue.served))):
                taken.append(Turn(queue.name, served, is_contended))
    return Turns(admitted, taken)


def remember(served: Sequence[UUID], users: Sequence[UUID]) -> list[UUID]:
    """Return `served` with these users moved to its end, in the order of their last places."""
    latest = dict.fromkeys(reversed(users))
    return [user for user in served if user not in latest] + list(latest)[::-1]


def order_by_turns(queue: QueueState, jobs: Sequence[WaitingJob]) -> list[WaitingJob]:
    """Return the jobs of a queue in the order in which they are to run.

    The best priority goes first. Within it, the next job is always one of the user who then holds the fewest slots: of
    several, the one served least recently, and then the one whose job is the oldest. The jobs of one user keep their
    order.
    """
    jobs = sorted(jobs, key=lambda job: (job.priority, job.id))
    if len({job.user for job in jobs}) < 2:
        return jobs
    places: dict[UUID, tuple[int, int]] = {}
    if queue.crowded:
        last = queue.served[-1] if queue.served else UUID(int=0)
        places = {job.user: (job.user <= last, job.user.int) for job in jobs}
    else:
        places = {user: (place, 0) for place, user in enumerate(queue.served, 1)}
    level: Counter[UUID] = Counter({job.user: job.running for job in jobs})
    keyed = []
    for number, job in enumerate(jobs):
        level[job.user] += 1
        keyed.append((job.priority, level[job.user], places.get(job.user, (0, 0)), number))
    return [jobs[number] for *_, number in sorted(keyed)]


def share_slots(
    queues: Sequence[tuple[QueueState, Sequence[WaitingJob]]], free: int
) -> list[tuple[QueueState, WaitingJob]]:
    """Return the jobs that get the `free` slots of a route, of queues whose jobs are in their order.

    Each queue gets its first slot before any queue gets a second one. Beyond that, better queues go first, and queues
    of equal rank get equally many slots. Where they are equal in this, too, it is the turn of the one that had to wait.
    """
    keyed = []
    for queue, jobs in queues:
        for place, job in enumerate(jobs, queue.held + 1):
            is_first = place == 1
            rank = 0 if is_first and queue.overdue else queue.rank
            keyed.append(((not is_first, rank, place, queue.last_turn or 0.0, job.priority, job.id), queue, job))
    keyed.sort(key=lambda entry: entry[0])
    return [(queue, job) for _, queue, job in keyed[:free]]
