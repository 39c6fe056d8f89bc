"""Present a job's result by the shape of its values, whatever its kind: facts, bars, tables and texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.web.dashboard.core.formatting import duration, humanize, number

MAX_ROWS = 200
MAX_BARS = 12
MAX_LIST_ITEMS = 20
MAX_FACT_CHARACTERS = 120
"""A longer text is a paragraph of its own."""
MAX_TEXT_CHARACTERS = 600
REPORT_ID_NAMES = ("report_id", "reportId")
HIDDEN_NAMES = ("uploadId", "upload_id")
DURATION_NAMES = ("seconds", "duration", "took")


@dataclass(frozen=True)
class Bar:
    label: str
    value: float


@dataclass(frozen=True)
class ResultTable:
    columns: list[str]
    rows: list[list[str]]
    more: int = 0
    """Rows left out."""


@dataclass
class ResultSection:
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Label and value."""
    bars: list[Bar] = field(default_factory=list)
    table: ResultTable | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def max_value(self) -> float:
        """The value of the longest bar."""
        return max((bar.value for bar in self.bars), default=0) or 1

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.bars or self.table or self.texts)


def to_sections(value: Any) -> list[ResultSection]:
    """Return the plain values of an object as the first section, and each larger one as a section of its own."""
    if not isinstance(value, Mapping):
        return [_to_section("", value)]
    facts = ResultSection("")
    others: list[ResultSection] = []
    for name, member in value.items():
        if name in HIDDEN_NAMES or _is_blank(member):
            continue
        if _is_plain(member):
            _add_fact(facts, name, member)
        else:
            others.append(_to_section(humanize(name), member))
    others.sort(key=lambda section: not section.bars)
    return [section for section in (facts, *others) if not section.is_empty]


def find_report_id(result: Any) -> str | None:
    """Return the id of the report that a result points to."""
    if not isinstance(result, Mapping):
        return None
    return next((str(result[name]) for name in REPORT_ID_NAMES if result.get(name)), None)


def format_value(value: Any, name: str = "") -> str:
    """Return any JSON value as one line of text; `name` tells durations and rates from other numbers."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int() | float() if name.lower() in DURATION_NAMES:
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
            return ", ".join(format_value(item) for item in value[:MAX_LIST_ITEMS])
        case _:
            members = list(value.items())[:MAX_LIST_ITEMS]
            return ", ".join(f"{humanize(str(key))} {format_value(member)}" for key, member in members)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _is_blank(value: Any) -> bool:
    return value is None or value in ({}, [], "")


def _add_fact(section: ResultSection, name: str, value: Any) -> None:
    text = format_value(value, name)
    if len(text) > MAX_FACT_CHARACTERS:
        section.texts.append(text[:MAX_TEXT_CHARACTERS])
    else:
        section.facts.append((humanize(name), text))


def _to_section(title: str, value: Any) -> ResultSection:
    section = ResultSection(title)
    if isinstance(value, Mapping):
        _add_mapping(section, value)
    elif isinstance(value, list):
        _add_list(section, value)
    else:
        section.texts.append(format_value(value)[:MAX_TEXT_CHARACTERS])
    return section


def _add_mapping(section: ResultSection, value: Mapping[str, Any]) -> None:
    numbers = {k: v for k, v in value.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    if len(numbers) == len(value) and section.title.lower().startswith(("by ", "failures", "reasons", "errors")):
        section.bars = _to_bars(numbers.items())
        return
    if value and all(isinstance(v, Mapping) and isinstance(v.get("count"), int) for v in value.values()):
        section.bars = _to_bars((humanize(name), member["count"]) for name, member in value.items())
        return
    for name, member in value.items():
        if isinstance(member, Mapping) and member and all(_is_plain(v) for v in member.values()):
            section.facts += [(f"{humanize(name)}: {humanize(k)}", format_value(v, k)) for k, v in member.items()]
        elif not _is_blank(member):
            _add_fact(section, name, member)


def _to_bars(counts: Iterable[tuple[str, float]]) -> list[Bar]:
    """Return the largest counts, and the sum of all others as the last bar."""
    ordered = sorted(counts, key=lambda pair: -pair[1])
    bars = [Bar(str(label), value) for label, value in ordered[:MAX_BARS]]
    rest = sum(value for _, value in ordered[MAX_BARS:])
    return [*bars, Bar("others", rest)] if rest else bars


def _add_list(section: ResultSection, values: Sequence[Any]) -> None:
    shown = values[:MAX_ROWS]
    if all(isinstance(item, Mapping) for item in values):
        columns = list(dict.fromkeys(name for item in shown for name in item))
        rows = [[format_value(item.get(name), name)[:MAX_TEXT_CHARACTERS] for name in columns] for item in shown]
        section.table = ResultTable([humanize(name) for name in columns], rows, max(0, len(values) - MAX_ROWS))
    elif section.title == "Confidence" and len(values) == 10 and all(isinstance(item, int) for item in values):
        section.bars = [Bar(f"{i / 10:.1f} – {(i + 1) / 10:.1f}", count) for i, count in enumerate(values) if count]
    else:
        section.texts += [format_value(item)[:MAX_TEXT_CHARACTERS] for item in shown]
