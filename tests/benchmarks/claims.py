"""Measures the check of claims on labelled pairs of a quotation and a claim.

    python -m tests.benchmarks.claims [--half dev|held|exam] [--show]

`tests/data/claim_pairs.tsv` holds the pairs: true ones say what their quotation says, altered ones do not (swapped
roles, opposites, negation, tense, plans as facts, years, parts as wholes, figures, units, subjects). They were written
before the check (those of the kind `later` after it), and only the half `dev` was looked at while it was made; `exam`
was written afterwards to find what it keeps from being shown in its own words, and the check was changed after it. An
altered claim passes if the report shows its text; a true one is kept, replaced by its quotation, or dropped.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.companies.research.claims import Claim, Draft, DropReason, check
from app.domain.companies.research.sources import Source, SourceKind

PAIRS = Path(__file__).parents[1] / "data" / "claim_pairs.tsv"
HALVES = ("dev", "held", "exam")


@dataclass(frozen=True)
class Pair:
    half: str
    label: str
    kind: str
    company: str
    quote: str
    claim: str

    def checked(self) -> Claim | DropReason:
        """Return the verdict on the claim; the quotation is the whole source."""
        source = Source(
            "S1", SourceKind.WEBSITE, "https://c.example/", "", self.quote, datetime(2026, 1, 1, tzinfo=UTC)
        )
        return check(Draft(self.claim, self.quote, ("S1",)), {"S1": source}, self.company)

    def outcome(self) -> str:
        """Return `kept` (the report shows the claim's own text), `quoted` or `dropped`."""
        verdict = self.checked()
        if isinstance(verdict, DropReason):
            return "dropped"
        return "kept" if verdict.text == self.claim else "quoted"


def pairs(half: str) -> Iterator[Pair]:
    """Yield the pairs of one half."""
    with PAIRS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["half"] == half:
                yield Pair(**row)


def measure(half: str) -> dict[str, Counter[str]]:
    """Return the number of pairs by label and outcome."""
    found: dict[str, Counter[str]] = {"altered": Counter(), "true": Counter()}
    for pair in pairs(half):
        found[pair.label][pair.outcome()] += 1
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument(
        "--show", action="store_true", help="print the altered claims that pass and the true ones dropped"
    )
    arguments = parser.parse_args()
    for half in [arguments.half] if arguments.half else HALVES:
        result = measure(half)
        altered, true = result["altered"], result["true"]
        print(f"{half}_altered_passed {altered['kept']} of {altered.total()}")
        print(f"{half}_true_kept {true['kept']} of {true.total()}")
        print(f"{half}_true_quoted {true['quoted']} of {true.total()}")
        print(f"{half}_true_dropped {true['dropped']} of {true.total()}")
        if arguments.show:
            for pair in pairs(half):
                if (outcome := pair.outcome()) == ("kept" if pair.label == "altered" else "dropped"):
                    print(f"  {outcome}, {pair.label}, {pair.kind}: {pair.claim!r} from {pair.quote!r}")
