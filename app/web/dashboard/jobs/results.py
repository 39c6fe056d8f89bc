"""A result as a person would read it: facts, shares, tables; whatever its kind, by the shape of its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.web.dashboard.core.formatting import duration, number, title

MOST_ROWS = 200
MOST_SHARES = 12
LONGEST_TEXT = 600
REPORTS = ("report_id", "reportId")
LEFT_TO_THE_PAGE = ("uploadId", "upload_id")


@dataclass(frozen=True)
class Share:
    name: str
    count: float


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[list[str]]
    more: int = 0
    """Rows left out."""


@dataclass
class Section:
    """`shares` are drawn as bars against `most`."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    table: Table | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def most(self) -> float:
        return max((share.count for share in self.shares), default=0) or 1


def sections(value: Any) -> list[Section]:
    """The facts first, what is larger after them, each under its own name."""
    if not isinstance(value, Mapping):
        return [_section("", value)]
    first = Section("")
    rest: list[Section] = []
    for name, one in value.items():
        if name in LEFT_TO_THE_PAGE or one is None or one in ({}, [], ""):
            continue
        if is_plain(one):
            _plain(first, name, one)
        else:
            rest.append(_section(title(name), one))
    rest.sort(key=lambda section: not section.shares)
    return [section for section in (first, *rest) if section.facts or section.shares or section.table or section.texts]


def report_of(value: Any) -> str | None:
    """The id of the report that a result points to."""
    found = next((value[name] for name in REPORTS if value.get(name)), None) if isinstance(value, Mapping) else None
    return None if found is None else str(found)


def is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _plain(section: Section, name: str, value: Any) -> None:
    text = said(value, name)
    if len(text) > 120:
        section.texts.append(text[:LONGEST_TEXT])
    else:
        section.facts.append((title(name), text))


def said(value: Any, name: str = "") -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int() | float() if name.lower() in ("seconds", "duration", "took"):
            return duration(float(value))
        case float() if name.lower().endswith(("rate", "share")) and 0 <= value <= 1:
            return f"{value:.1%}"
        case int():
            return number(value)
        case float():
            return f"{value:,.7g}"
        case datetime():
            return value.isoformat()
        case str():
            return value
        case list():
            return ", ".join(said(one) for one in value[:20])
        case _:
            return ", ".join(f"{title(str(k))} {said(v)}" for k, v in list(value.items())[:20])


def _section(name: str, value: Any) -> Section:
    section = Section(name)
    if isinstance(value, Mapping):
        _mapping(section, value)
    elif isinstance(value, list):
        _list(section, value)
    else:
        section.texts.append(said(value)[:LONGEST_TEXT])
    return section


def _mapping(section: Section, value: Mapping[str, Any]) -> None:
    numbers = {k: v for k, v in value.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    if len(numbers) == len(value) and section.title.lower().startswith(("by ", "failures", "reasons", "errors")):
        section.shares = _shares(numbers.items())
        return
    if value and all(isinstance(one, Mapping) and isinstance(one.get("count"), int) for one in value.values()):
        section.shares = _shares((title(name), one["count"]) for name, one in value.items())
        return
    for name, one in value.items():
        if isinstance(one, Mapping) and one and all(is_plain(v) for v in one.values()):
            section.facts += [(f"{title(name)}: {title(k)}", said(v, k)) for k, v in one.items()]
        elif one not in (None, {}, [], ""):
            _plain(section, name, one)


def _shares(counts: Iterable[tuple[str, float]]) -> list[Share]:
    ordered = sorted(counts, key=lambda pair: -pair[1])
    shown = [Share(str(name), count) for name, count in ordered[:MOST_SHARES]]
    rest = sum(count for _, count in ordered[MOST_SHARES:])
    return [*shown, Share("others", rest)] if rest else shown


def _list(section: Section, values: Sequence[Any]) -> None:
    if all(isinstance(one, Mapping) for one in values):
        columns = list(dict.fromkeys(name for one in values[:MOST_ROWS] for name in one))
        rows = [[said(one.get(name), name)[:LONGEST_TEXT] for name in columns] for one in values[:MOST_ROWS]]
        section.table = Table([title(name) for name in columns], rows, max(0, len(values) - MOST_ROWS))
    elif section.title == "Confidence" and len(values) == 10 and all(isinstance(one, int) for one in values):
        section.shares = [Share(f"{i / 10:.1f} – {(i + 1) / 10:.1f}", n) for i, n in enumerate(values) if n]
    else:
        section.texts += [said(one)[:LONGEST_TEXT] for one in values[:MOST_ROWS]]
