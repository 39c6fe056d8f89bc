"""Count the steps that a backtracking engine needs for a pattern on a text, and derives texts that make it work hard.

Time cannot be asserted, so this repeats what Python's `re` does on the parsed pattern and counts how many characters
are compared. A repetition with a finite maximum is shortened to MAX_REPEATS, because it is a constant factor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MAX_REPEATS = 3
MAX_STEPS = 200_000
"""After these, matching is given up."""
SIZES = (40, 240)
"""Lengths of attacks. The second size is tried only if the first is suspicious, because it takes longer."""
SUSPICIOUS = 2.5
MAX_ATTACKS = 60
"""On one pattern. Of more, every second, third … is tried."""

Next = Callable[[int], bool]
"""What remains to be matched, from a position on."""
Groups = dict[int, tuple[int, int]]


class TooManySteps(Exception):
    pass


class Counter:
    """Matches one pattern against texts and counts the steps."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
        self.flags = pattern.flags & ~re.LOCALE
        if isinstance(pattern.pattern, bytes):
            self.flags |= re.ASCII
            self.flags &= ~re.UNICODE
        self.tree = list(_parser.parse(source, self.flags))
        self.text, self.steps = "", 0
        self._tests: dict[str, Callable[[str], bool]] = {}

    def search(self, text: str, *, anchored: bool, full: bool = False) -> int:
        """Return the steps of finding all matches in the text; of one attempt at its beginning if `anchored`."""
        self.text, self.steps = text, 0
        groups: Groups = {}
        position = 0
        try:
            while position <= len(text):
                end: list[int] = []

                def accept(at: int, end: list[int] = end) -> bool:
                    if full and at != len(text):
                        return False
                    end.append(at)
                    return True

                found = self._run(self.tree, 0, position, accept, groups)
                if anchored:
                    break
                position = max(position + 1, end[-1]) if found else position + 1
        except TooManySteps:
            pass
        return self.steps

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > MAX_STEPS:
            raise TooManySteps

    def _matches(self, op: Any, argument: Any, position: int) -> bool:
        """Whether the single character at `position` matches."""
        self._step()
        if position >= len(self.text):
            return False
        key = f"{op}{argument}"
        if (test := self._tests.get(key)) is None:
            test = self._tests[key] = _test(op, argument, self.flags)
        return test(self.text[position])

    def _run(self, nodes: list[Any], index: int, at: int, then: Next, groups: Groups) -> bool:
        if index == len(nodes):
            return then(at)
        op, argument = nodes[index]

        def rest(end: int) -> bool:
            return self._run(nodes, index + 1, end, then, groups)

        if op in SINGLE:
            return self._matches(op, argument, at) and rest(at + 1)
        if op in REPEATS:
            return self._repeat(op, argument, at, rest, groups)
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            return self._look(argument, at, groups) is (op is ops.ASSERT) and rest(at)
        handlers = {
            ops.AT: self._anchor,
            ops.BRANCH: self._branch,
            ops.SUBPATTERN: self._group,
            ops.ATOMIC_GROUP: self._atomic,
            ops.GROUPREF: self._reference,
        }
        return handlers[op](argument, at, rest, groups)

    def _anchor(self, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        self._step()
        return self._at(argument, at) and rest(at)

    def _branch(self, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        return any(self._run(list(branch), 0, at, rest, groups) for branch in argument[1])

    def _group(self, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        number, _, _, inner = argument

        def leave(end: int) -> bool:
            if number is not None:
                groups[number] = (at, end)
            return rest(end)

        return self._run(list(inner), 0, at, leave, groups)

    def _first_end(self, nodes: Any, at: int, groups: Groups) -> int | None:
        """Return where the first match ends, which nothing that follows can change."""
        ends: list[int] = []

        def accept(end: int) -> bool:
            ends.append(end)
            return True

        return ends[0] if self._run(list(nodes), 0, at, accept, groups) else None

    def _atomic(self, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        end = self._first_end(argument, at, groups)
        return end is not None and rest(end)

    def _reference(self, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        start, end = groups.get(argument, (0, 0))
        self._step(end - start)
        return self.text.startswith(self.text[start:end], at) and rest(at + end - start)

    def _look(self, argument: Any, at: int, groups: Groups) -> bool:
        direction, inner = argument
        if direction > 0:
            return self._run(list(inner), 0, at, lambda end: True, groups)
        width = inner.getwidth()[0]
        return at >= width and self._run(list(inner), 0, at - width, lambda end: end == at, groups)

    def _repeat(self, op: Any, argument: Any, at: int, rest: Next, groups: Groups) -> bool:
        low, high, inner = argument
        high = len(self.text) + 1 if high is ops.MAXREPEAT else min(high, max(low, MAX_REPEATS))
        low = min(low, MAX_REPEATS)
        nodes = list(inner)
        if len(nodes) == 1 and nodes[0][0] in SINGLE:
            return self._repeat_single(op, nodes[0], low, high, at, rest)

        def again(count: int, position: int) -> bool:
            def more() -> bool:
                return count < high and self._run(
                    nodes, 0, position, lambda end: end > position and again(count + 1, end), groups
                )

            self._step()
            if count < low:
                return self._run(nodes, 0, position, lambda end: again(count + 1, end), groups)
            if op is ops.MIN_REPEAT:
                return rest(position) or more()
            return more() or rest(position)

        if op is not ops.POSSESSIVE_REPEAT:
            return again(0, at)
        count = 0
        while count < high:
            end = self._first_end(nodes, at, groups)
            if end is None or end == at:
                break
            at, count = end, count + 1
        return count >= low and rest(at)

    def _repeat_single(self, op: Any, node: Any, low: int, high: int, at: int, rest: Next) -> bool:
        if op is ops.MIN_REPEAT:
            count = 0
            while True:
                if count >= low and rest(at + count):
                    return True
                if count >= high or not self._matches(node[0], node[1], at + count):
                    return False
                count += 1
        count = 0
        while count < high and self._matches(node[0], node[1], at + count):
            count += 1
        if op is ops.POSSESSIVE_REPEAT:
            return count >= low and rest(at + count)
        while count >= low:
            if rest(at + count):
                return True
            self._step()
            count -= 1
        return False

    def _at(self, where: Any, at: int) -> bool:
        text = self.text
        if where in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING):
            return at == 0 or (bool(self.flags & re.MULTILINE) and where is ops.AT_BEGINNING and text[at - 1] == "\n")
        if where is ops.AT_END:
            ends = at == len(text) or (at == len(text) - 1 and text[at] == "\n")
            return ends or (bool(self.flags & re.MULTILINE) and text[at] == "\n")
        if where is ops.AT_END_STRING:
            return at == len(text)
        sides = [
            0 <= i < len(text) and re.match(r"\w", text[i], self.flags & re.ASCII) is not None for i in (at - 1, at)
        ]
        return (sides[0] != sides[1]) is (where is ops.AT_BOUNDARY)


REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
SINGLE = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN, ops.CATEGORY, ops.RANGE)
CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}


def _char(code: int) -> str:
    return re.escape(chr(code))


def _source(op: Any, argument: Any) -> str:
    """Return the regular expression of a single character."""
    if op is ops.LITERAL:
        return _char(argument)
    if op is ops.NOT_LITERAL:
        return f"[^{_char(argument)}]"
    if op is ops.ANY:
        return "."
    if op is ops.CATEGORY:
        return CATEGORIES[argument]
    if op is ops.RANGE:
        return f"[{_char(argument[0])}-{_char(argument[1])}]"
    negated = argument[0][0] is ops.NEGATE
    parts = []
    for inner, value in argument[negated:]:
        source = _source(inner, value)
        parts.append(source[1:-1] if inner is ops.RANGE else source)
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _test(op: Any, argument: Any, flags: int) -> Callable[[str], bool]:
    kept = flags & (re.IGNORECASE | re.DOTALL | re.ASCII)
    match = re.compile(_source(op, argument), kept).fullmatch
    return lambda char: match(char) is not None


SAMPLES = "a1 .,-@/:\n\"'<(=A_é#+0"


Sample = list[tuple[str, bool]]
"""A text that the pattern may match: each character, and whether its element may repeat without limit."""


def _join(left: list[Sample], right: list[Sample]) -> list[Sample]:
    """Return samples that contain every sample of both sides."""
    if not left or not right:
        return left or right
    return [*(sample + right[0] for sample in left), *(left[0] + sample for sample in right[1:])]


def _samples(nodes: Any, flags: int, repeated: bool = False) -> list[Sample]:
    found: list[Sample] = []
    for op, argument in nodes:
        if op in SINGLE:
            test = _test(op, argument, flags)
            chars = chr(argument) if op is ops.LITERAL else "".join(filter(test, SAMPLES))[:2]
            inner = [[(char, repeated)] for char in chars]
        elif op is ops.BRANCH:
            inner = [sample for branch in argument[1] for sample in _samples(branch, flags, repeated)]
        elif op is ops.SUBPATTERN:
            inner = _samples(argument[3], flags, repeated)
        elif op in REPEATS:
            inner = _samples(argument[2], flags, repeated or argument[1] is ops.MAXREPEAT)
        elif op is ops.ASSERT:
            inner = _samples(argument[1], flags, repeated) if argument[0] > 0 else []
        elif op is ops.ATOMIC_GROUP:
            inner = _samples(argument, flags, repeated)
        else:
            continue
        found = _join(found, inner)
    return found


def attacks(counter: Counter) -> Iterator[tuple[str, str]]:
    """Yield texts as (beginning, what to repeat): every repeatable element, after what leads the match to it."""
    yield from (("", pump) for pump in ("a", "1", " ", ".", "a ", "a.", "a-"))
    for sample in _samples(counter.tree, counter.flags):
        text = "".join(char for char, _ in sample)
        for index, (char, repeated) in enumerate(sample):
            if repeated:
                yield text[:index], char
                yield "", char
                for width in (2, 3):
                    yield text[:index], text[index : index + width]
        yield "", text[:12]


def growth(pattern: re.Pattern[Any], *, anchored: bool, full: bool = False) -> tuple[float, str]:
    """Return the largest factor by which the steps grow when an attack is twice as long, and that attack.

    2 means linear, 4 quadratic.
    """
    counter = Counter(pattern)
    worst, text = 0.0, ""
    all_attacks = [attack for attack in dict.fromkeys(attacks(counter)) if attack[1]]
    for beginning, pump in all_attacks[:: -(-len(all_attacks) // MAX_ATTACKS)]:
        for size in SIZES:
            repeats = -(-size // len(pump))
            short, long = (
                counter.search(beginning + pump * count + "\x00", anchored=anchored, full=full)
                for count in (repeats, 2 * repeats)
            )
            factor = long / max(short, 1) if long < MAX_STEPS else math.inf
            if factor < SUSPICIOUS:
                break
        if factor > worst:
            worst, text = factor, f"{beginning!r} + {pump!r} * n"
    return worst, text
