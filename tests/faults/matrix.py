"""Reports of rounds: one line per round, and a table of what each fault hit and what followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.faults.faults import FAULTS
from tests.faults.rounds import Round

STATES = ("ready", "deferred", "admitted", "running")
ENDS = ("completed", "failed", "cancelled")
MOVES = ("rescued", "handed_over", "interrupted")
HEAD = (
    "fault",
    "rounds",
    *(f"{state} then" for state in STATES),
    *ENDS,
    *(move.replace("_", " ") for move in MOVES),
    "503",
    "lost",
    "violations",
)


def line(one: Round) -> str:
    """Return one line for a round, followed by its findings."""
    jobs = sum(one.ended.values())
    head = f"seed {one.seed}  {jobs:>4} jobs  {len(one.findings)} violations  {one.seconds:5.1f} s  "
    return "\n    ".join([head + " + ".join(one.faults), *one.findings])


def table(rounds: Sequence[Round]) -> str:
    """Markdown: a row a fault, over the rounds it was part of. A round with several faults counts for each."""
    rows = [HEAD]
    for name in FAULTS:
        played = [one for one in rounds if name in one.faults]
        if not played:
            continue
        struck, ended, events, answers = (
            sum((getattr(one, part) for one in played), Counter[str]())
            for part in ("struck", "ended", "events", "answers")
        )
        numbers = (
            len(played),
            *(struck[state] for state in STATES),
            *(ended[end] for end in ENDS),
            *(events[move] for move in MOVES),
            answers["503"],
            answers["lost"],
            sum(len(one.findings) for one in played),
        )
        rows.append((name, *(f"{number:,}" for number in numbers)))
    rows.insert(1, ("---", *(["---:"] * (len(HEAD) - 1))))
    seeds = [one.seed for one in rounds]
    found = sum(len(one.findings) for one in rounds)
    jobs = sum(sum(one.ended.values()) for one in rounds)
    minutes = sum(one.seconds for one in rounds) / 60
    summary = (
        f"{len(rounds)} rounds, seeds {min(seeds)} to {max(seeds)}, {jobs:,} jobs, {minutes:.0f} minutes, "
        f"{found} violations.\n"
    )
    return "\n".join(["| " + " | ".join(row) + " |" for row in rows]) + "\n\n" + summary
