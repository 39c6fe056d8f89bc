"""Who is next: users within a queue and priority, and queues on the slots of a route."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.jobs.turns import QueueState, WaitingJob, order_by_turns, take_turns

A, B, C = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)


def queue(name: str = "q", *, wanted: int = 100, free: int = 100, **state: object) -> QueueState:
    made = QueueState(name, "default", 2, 1, 1, 100, 0, wanted, free)
    return replace(made, **state)  # type: ignore[arg-type]


def jobs(users: str, *, priority: int = 5, first: int = 1, **running: int) -> list[WaitingJob]:
    """Jobs in the order of their ids, one per letter."""
    ids = {"A": A, "B": B, "C": C}
    return [
        WaitingJob(UUID(int=first + number), priority, ids[user], running.get(user, 0))
        for number, user in enumerate(users)
    ]


def order(state: QueueState, waiting: list[WaitingJob]) -> str:
    letters = {A: "A", B: "B", C: "C"}
    return "".join(letters[job.user] for job in order_by_turns(state, waiting))


@pytest.mark.parametrize(
    ("waiting", "running", "expected"),
    [
        ("AAAA", {}, "AAAA"),
        ("AAAB", {}, "ABAA"),
        ("AAABBB", {}, "ABABAB"),
        ("AAABBC", {}, "ABCABA"),
        ("CBA", {}, "CBA"),
        ("AAABBB", {"A": 2}, "BBABAA"),
        ("AAABBB", {"A": 1, "B": 3}, "AAABBB"),
        ("AAABBBC", {"A": 5, "B": 4, "C": 9}, "BABABAC"),
    ],
)
def test_the_user_with_the_fewest_slots_is_next(waiting: str, running: dict[str, int], expected: str) -> None:
    assert order(queue(), jobs(waiting, **running)) == expected


def test_a_better_priority_goes_first_and_counts() -> None:
    waiting = jobs("AB") + jobs("AA", priority=1, first=9)
    assert order(queue(), waiting) == "AABA"


@pytest.mark.parametrize(("served", "expected"), [((A,), "BCA"), ((A, B), "CAB"), ((C, B, A), "CBA")])
def test_of_equal_users_the_one_served_last_goes_last(served: tuple[UUID, ...], expected: str) -> None:
    assert order(queue(served=served), jobs("ABC")) == expected


def test_one_slot_alternates_between_users() -> None:
    state, waiting, started = queue(wanted=1), jobs("AAAAAABBBCCC"), ""
    for _ in range(12):
        turns = take_turns([(state, waiting)])
        ((_, job),) = turns.admitted
        waiting.remove(job)
        started += {A: "A", B: "B", C: "C"}[job.user]
        for turn in turns.taken:
            state = replace(state, served=turn.served)
    assert started == "ABCABCABCAAA"


def test_every_user_has_a_turn_before_any_user_has_another() -> None:
    users = [UUID(int=n) for n in range(1, 41)]
    state = queue(wanted=3, crowded=True, served=[users[7]])
    seen: Counter[UUID] = Counter()
    for _ in range(40):
        last = users.index(state.served[-1])
        window = [users[(last + n) % 40] for n in range(1, 12)]
        turns = take_turns([(state, [WaitingJob(UUID(int=user.int << 8), 5, user) for user in window])])
        seen.update(job.user for _, job in turns.admitted)
        state = replace(state, served=turns.taken[0].served)
    assert set(seen.values()) == {3} and len(seen) == 40


def share(*lines: tuple[QueueState, list[WaitingJob]]) -> str:
    return "".join(state.name for state, _ in take_turns(lines).admitted)


def test_queues_of_equal_rank_share_the_slots() -> None:
    old, new = jobs("A" * 20), jobs("B" * 20, first=50)
    assert share((queue("x", free=6), old), (queue("y", free=6), new)) == "xyxyxy"
    assert share((queue("x", free=6, held=4), old), (queue("y", free=6), new)) == "yyyyxy"
    assert Counter(share((queue("x", free=6), old), (queue("y", free=6), new[:1]))) == {"x": 5, "y": 1}
    assert Counter(share((queue("x", free=6), old), (queue("y", free=6, wanted=2), new))) == {"x": 4, "y": 2}


def test_a_better_queue_goes_first_but_leaves_each_queue_a_slot() -> None:
    best, other = queue("x", free=5, rank=1), queue("y", free=5, rank=7)
    assert Counter(share((best, jobs("A" * 20)), (other, jobs("B" * 20)))) == {"x": 4, "y": 1}
    held = replace(other, held=1)
    assert share((replace(best, held=9), jobs("A" * 20)), (held, jobs("B" * 20))) == "xxxxx"


def test_with_one_slot_the_better_queue_goes_first_unless_the_other_is_overdue() -> None:
    best, other = queue("x", free=1, rank=1), queue("y", free=1, rank=7)
    assert share((best, jobs("A")), (other, jobs("B"))) == "x"
    assert share((best, jobs("A")), (replace(other, overdue=True), jobs("B"))) == "y"


def test_with_one_slot_equal_queues_alternate() -> None:
    x, y = queue("x", free=1, last_turn=2.0), queue("y", free=1, last_turn=1.0)
    assert share((x, jobs("A")), (y, jobs("B", first=50))) == "y"


def test_routes_do_not_share() -> None:
    assert share((queue("x", free=1), jobs("AA")), (queue("y", free=2, route="other"), jobs("BB"))) == "xyy"


def test_the_remembered_users() -> None:
    state = queue(wanted=2, served=[C, A])
    assert take_turns([(state, jobs("A"))]).taken == [], "slots are left"
    assert take_turns([(state, jobs("AA"))]).taken == [], "A is the last already"
    (turn,) = take_turns([(state, jobs("BA"))]).taken
    assert turn.served == [C, B, A] and not turn.is_contended
    (contended,) = take_turns([(queue("x", free=1), jobs("A")), (queue("y", free=1), jobs("B", first=50))]).taken
    assert (contended.queue, contended.served, contended.is_contended) == ("x", [A], True)


@given(
    users=st.lists(st.sampled_from([A, B, C]), max_size=30),
    running=st.dictionaries(st.sampled_from([A, B, C]), st.integers(0, 9)),
    priorities=st.lists(st.integers(1, 2), min_size=30, max_size=30),
)
def test_each_next_job_is_one_of_the_user_with_the_fewest_slots(
    users: list[UUID], running: dict[UUID, int], priorities: list[int]
) -> None:
    waiting = [WaitingJob(UUID(int=n + 1), priorities[n], user, running.get(user, 0)) for n, user in enumerate(users)]
    held = Counter(running)
    left = set(waiting)
    for job in order_by_turns(queue(), waiting):
        candidates = [other for other in left if other.priority == min(o.priority for o in left)]
        assert job in candidates
        assert held[job.user] == min(held[other.user] for other in candidates)
        assert job.id == min(other.id for other in candidates if other.user == job.user)
        held[job.user] += 1
        left.remove(job)
    assert not left
