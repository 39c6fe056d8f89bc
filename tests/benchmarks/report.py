"""Printing medians and ratios."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def line(name: str, value: str, target: str, good: bool) -> None:
    print(f"{name:<52} {value:>28}   {target:<14} {'met' if good else 'MISSED'}", flush=True)


def spread(values: Sequence[float]) -> str:
    return f"{median(values):,.2f} ({min(values):,.2f} to {max(values):,.2f})"
