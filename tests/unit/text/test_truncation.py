"""Text and JSON are cut to a size, and say how much was left out."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.domain.text import truncation
from app.domain.text.truncation import object_text, truncate, truncate_start


def test_text() -> None:
    assert truncate("x" * 100, 100) == "x" * 100
    assert truncate("a" * 100 + "b" * 1_234, 100) == "a" * 100 + "… (1,234 characters more)"
    assert truncate_start("b" * 1_234 + "a" * 100, 100) == "(1,234 characters before) …" + "a" * 100


@pytest.mark.parametrize("cut", [truncate, truncate_start])
@pytest.mark.parametrize("length", [0, 100, 139, 141, 10**7])
def test_twice_is_once(cut: object, length: int) -> None:
    once = cut("x" * length, 100)  # type: ignore[operator]
    assert len(once) <= 140 and cut(once, 100) == once  # type: ignore[operator]


def test_an_object_within_the_limit_stays() -> None:
    assert object_text({"line": 3, "value": None}, 100) == '{"line":3,"value":null}'
    assert orjson.loads(object_text({"text": "\0"}, 100)) == {"text": "\ufffd"}


def test_long_members_are_shortened_and_the_others_kept() -> None:
    long, rows = "é" * 50_000, [{"id": number} for number in range(10_000)]
    text = object_text({"line": 3, "text": long, "rows": rows, "code": "bad"}, 10_000)
    shown = orjson.loads(text)
    assert list(shown) == ["line", "text", "rows", "code"] and (shown["line"], shown["code"]) == (3, "bad")
    assert shown["text"] == "é" * 1_000 + "… (49,000 characters more)"
    whole = orjson.dumps(rows).decode()
    assert shown["rows"] == f"{whole[:1_000]}… ({len(whole) - 1_000:,} characters more)"
    assert len(text) <= 10_000


@pytest.mark.parametrize("character", ["x", '"', "\x01", "\U0001f600", "\0"])
def test_too_many_members_are_counted(character: str) -> None:
    value = {f"member{number}": character * 300 for number in range(1_000)} | {character * 9_000: 1, "small": 1}
    text = object_text(value, 4_000)
    shown = orjson.loads(text)
    assert len(text) <= 4_000 and shown["small"] == 1
    assert shown["notShown"] == f"{1_002 - len(shown) + 1:,} more members"


def test_an_object_of_millions_of_members_is_not_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    dumps, calls = truncation._dumps, list[Any]()

    def counted(value: Any) -> str:
        calls.append(value)
        return dumps(value)

    monkeypatch.setattr(truncation, "_dumps", counted)
    text = object_text({str(number): number for number in range(200_000)}, 1_000_000)
    shown = orjson.loads(text)
    assert len(text) < 1_000_000
    assert shown["notShown"] == f"{200_001 - len(shown):,} more members"
    assert len(calls) < 3 * truncation.MAX_MEMBERS
