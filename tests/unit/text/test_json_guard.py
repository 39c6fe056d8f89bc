"""JSON is checked before it is parsed: depth and integers, in any blocks."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text.json_guard import (
    BLOCK_BYTES,
    MAX_CONTAINERS,
    MAX_DEPTH,
    MAX_VALUES,
    JsonGuard,
    UnsafeJson,
    check_json,
    load_stored,
    load_stored_object,
    parse_json,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet='a1"\\{}[]é\n', max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('k"\\{[1', max_size=4), inner, max_size=4),
    max_leaves=30,
)


def feed(raw: bytes, cuts: list[int]) -> None:
    guard = JsonGuard()
    places = [0, *sorted(cut % (len(raw) + 1) for cut in cuts), len(raw)]
    for start, end in zip(places, places[1:], strict=False):
        guard.feed(raw[start:end])
    guard.close()


@given(VALUES, st.lists(st.integers(0, 10_000), max_size=8))
def test_ordinary_json_passes_in_any_blocks(value: Any, cuts: list[int]) -> None:
    raw = orjson.dumps(value)
    feed(raw, cuts)
    assert parse_json(raw) == value


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("before", [b"", b'["}}}}\\"]]", ', b'["\\\\", '], ids=["plain", "string", "backslash"])
def test_depth(opening: bytes, before: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    inner = MAX_DEPTH - (1 if before else 0)
    fine = before + opening * inner + b"1" + closing * inner + (b"]" if before else b"")
    deep = before + opening * (inner + 1) + b"1" + closing * (inner + 1) + (b"]" if before else b"")
    for size in (1, 2, 7, len(deep)):
        guard = JsonGuard()
        for start in range(0, len(fine), size):
            guard.feed(fine[start : start + size])
        guard.close()
        with pytest.raises(UnsafeJson, match="more than 64 levels"):
            feed(deep, list(range(0, len(deep), size)))
    check_json(fine)
    with pytest.raises(UnsafeJson, match="more than 64 levels"):
        check_json(deep)
    with pytest.raises(UnsafeJson):
        check_json(before + opening * 1_000_000)


def test_siblings_are_not_depth() -> None:
    check_json(b"[" + b"[{}]," * 50_000 + b"[]]")
    check_json(orjson.dumps({"text": "[{" * 100_000}))


@pytest.mark.parametrize(
    ("most", "more"),
    [
        (b"[" + b"0," * (MAX_VALUES - 2) + b"0]", b"[" + b"0," * MAX_VALUES + b"0]"),
        (b"[" + b"[]," * (MAX_CONTAINERS - 2) + b"[]]", b"[" + b"[]," * MAX_CONTAINERS + b"[]]"),
        (b"[" + b"{}," * (MAX_CONTAINERS - 2) + b"{}]", b'[{"a":' + b"{}," * MAX_CONTAINERS),
    ],
    ids=["values", "lists", "objects"],
)
def test_how_much_a_text_may_hold(most: bytes, more: bytes) -> None:
    check_json(most)
    check_json(b'["' + more.replace(b'"', b"'") + b'"]')
    with pytest.raises(UnsafeJson, match="more than 500,000 values, or more than 150,000 objects and lists"):
        check_json(more)


@pytest.mark.parametrize("number", [2**64, 2**64 + 1, -(2**63) - 1, 10**30, -(10**4000)])
def test_integers_beyond_64_bits_are_refused(number: int) -> None:
    import sys

    sys.set_int_max_str_digits(10_000)
    raw = f'{{"a": [1, {number}, 2]}}'.encode()
    for size in (1, 5, len(raw)):
        with pytest.raises(UnsafeJson, match="does not fit into 64 bits .at byte 10. Send it as text|64 bits"):
            feed(raw, list(range(0, len(raw), size)))
    with pytest.raises(UnsafeJson):
        check_json(raw)


@pytest.mark.parametrize(
    "text",
    [
        '"18446744073709551617"',
        "18446744073709551615",
        "-9223372036854775808",
        "1.18446744073709551617",
        "18446744073709551617.0",
        "18446744073709551617e3",
        "1e-18446744073709551617",
        '["\\"18446744073709551617"]',
        '{"18446744073709551617": 0}',
    ],
)
def test_integers_within_64_bits_pass(text: str) -> None:
    raw = text.encode()
    check_json(raw)
    for cut in range(len(raw)):
        feed(raw, [cut])


def test_blocks_may_cut_anywhere_around_their_size() -> None:
    source = random.Random(5)
    for _ in range(20):
        padding = b'"' + b"x" * (BLOCK_BYTES - source.randrange(1, 60)) + b'",'
        feed(b"[" + padding + b'"\\\\\\"[[[", 1.2345678901234567890123, 9223372036854775807]', [])
        with pytest.raises(UnsafeJson):
            feed(b"[" + padding + b'"\\\\\\"[[[", 1.5, 92233720368547758079]', [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("18446744073709551615", 2**64 - 1),
        ("[18446744073709551617, 5]", ["18446744073709551617", 5]),
        (f"[{10**30}, {10**30 + 1}, -{10**22}]", [1e30, str(10**30 + 1), -1e22]),
        ("9" * 5_000, "9" * 5_000),
        ('{"id": "99999999999999999999999"}', {"id": "99999999999999999999999"}),
    ],
)
def test_stored_values_are_never_a_different_number(text: str, value: Any) -> None:
    assert load_stored(text) == value
    orjson.dumps(load_stored(text))


@pytest.mark.parametrize(
    "text", ["[" * 300 + "]" * 300, '{"a":' * 2_000 + "1" + "}" * 2_000, "[" * 10, "x", '"\ud800"']
)
def test_stored_values_that_cannot_be_shown_say_so(text: str) -> None:
    value = load_stored(text)
    assert set(value) == {"notShown"} and load_stored_object(text) == value
    orjson.dumps(value)


def test_stored_values_that_are_no_object() -> None:
    assert load_stored_object("[1]") == {"value": [1]}
    assert load_stored_object('{"a":1}') == {"a": 1}
