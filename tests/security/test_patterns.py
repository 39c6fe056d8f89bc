"""No regular expression of the project takes more than linear time, except on text of limited length."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.companies.events import hiring, judging, occurrence
from tests.security.regex_steps import SUSPICIOUS, Counter, growth

ROOT = Path(__file__).parents[2]
MAX_DEPTH = 4
"""Of containers in which a module keeps patterns."""
ANCHORED, SEARCHED = ("match", "fullmatch"), ("search", "sub", "subn", "split", "findall", "finditer")

BOUNDED = {
    "app.domain.websites.extraction.social": "labels and texts beside links have at most 160 characters",
}
"""Modules whose patterns see only texts of a bounded length."""


def _patterns(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < MAX_DEPTH:
        if isinstance(value, list | tuple | set | frozenset):
            inner = list(value)
        elif isinstance(value, dict):
            inner = list(value.values())
        elif not isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
            inner = [getattr(value, name, None) for name in value.__dataclass_fields__]
        else:
            return
        for item in inner:
            yield from _patterns(item, depth + 1)


def _used(name: str, source: str, functions: tuple[str, ...]) -> bool:
    return re.search(rf"\b{re.escape(name)}\.(?:{'|'.join(functions)})\b", source) is not None


def _collect() -> dict[tuple[Any, int], tuple[str, bool, bool]]:
    """Return each pattern with the place of its first use, and whether all uses are anchored, and whole matches."""
    found: dict[tuple[Any, int], tuple[str, bool, bool]] = {}

    def add(pattern: re.Pattern[Any], place: str, anchored: bool, full: bool) -> None:
        first, others_anchored, others_full = found.get((pattern.pattern, pattern.flags), (place, True, True))
        found[pattern.pattern, pattern.flags] = first, anchored and others_anchored, full and others_full

    for path in sorted(path for folder in ("app", "providers", "workers") for path in (ROOT / folder).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.startswith(tuple(BOUNDED)):
            continue
        source = path.read_text()
        for label, value in list(vars(importlib.import_module(name)).items()):
            for pattern in _patterns(value):
                anchored = _used(label, source, ANCHORED) and not _used(label, source, SEARCHED)
                add(pattern, f"{name}.{label}", anchored, anchored and not _used(label, source, ("match",)))
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("re"), attr=function), args=[ast.Constant(text), *_]
                ) if function in ANCHORED + SEARCHED:
                    add(re.compile(text), name, function in ANCHORED, function == "fullmatch")
    return found


PATTERNS = _collect()


@pytest.mark.parametrize("key", PATTERNS, ids=lambda key: PATTERNS[key][0])
def test_a_pattern_takes_linear_time(key: tuple[Any, int]) -> None:
    place, anchored, full = PATTERNS[key]
    sys.setrecursionlimit(20_000)
    factor, attack = growth(re.compile(*key), anchored=anchored, full=full)
    assert factor < SUSPICIOUS, f"{place}: steps grow by {factor:.1f} when this text is twice as long: {attack}"


@pytest.mark.parametrize(
    ("pattern", "beginning", "word", "punctuation", "end", "full"),
    [
        (occurrence._NEGATION, "no", " a", ",", "\x00", False),
        (occurrence._PLAN, "plans", " a", ",", "\x00", False),
        (hiring._NO_VACANCY, "", " a", "-", "\x00", False),
        (judging._BEFORE_VERB, "", "", "!", "x", True),
    ],
)
def test_a_few_words_with_much_punctuation_take_linear_time(
    pattern: re.Pattern[str], beginning: str, word: str, punctuation: str, end: str, full: bool
) -> None:
    """The number of words is limited; each border between them must be in one place only."""
    sys.setrecursionlimit(20_000)
    counter = Counter(pattern)
    short, long = (
        counter.search(beginning + (word + punctuation * count) * 9 + end, anchored=full, full=full) for count in (4, 8)
    )
    assert long < 3 * short


@pytest.mark.parametrize(
    ("pattern", "is_linear"),
    [
        (r"(?:a+)+b", False),
        (r"\S*[.!?]\s", False),
        (r"a+$", False),
        (r"\s*x", False),
        (r"by\s*:?\s*$", False),
        (r"(?<!\s)\s+x", True),
        (r"\b\w+\b", True),
        (r"a{1,3}$", True),
        (r"[^<>]*+>", False),
        (r"<[^<>]*+>", True),
    ],
)
def test_the_steps_tell_linear_patterns_from_others(pattern: str, is_linear: bool) -> None:
    factor, _ = growth(re.compile(pattern), anchored=False)
    assert (factor < SUSPICIOUS) is is_linear
