"""Reading JSON-LD as pages write it: in comments or CDATA, with JavaScript comments, trailing commas and entities."""

from __future__ import annotations

import html
import re
from typing import Any

import orjson

from app.domain.text.json_guard import UnsafeJson, parse_json

MAX_JSON_CHARACTERS = 500_000
"""Parsed per block."""

# Strings come first, so that what looks like a comment within one is kept. Possessive, so linear.
_STRING = r'"(?:[^"\\]++|\\.)*+"?'
_NOT_JSON = re.compile(
    rf"({_STRING})|<!--|-->|(?://\s{{0,9}})?<!\[CDATA\[|(?://\s{{0,9}})?\]\]>|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?",
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s{{0,200}}[\]}}])", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]+")


def parse_block(text: str) -> Any:
    """Return the value of a block of JSON-LD; None if it is no JSON even without what browsers and authors add."""
    text = text[:MAX_JSON_CHARACTERS].strip("\ufeff \t\r\n\f\xa0").rstrip(";")
    if not text:
        return None
    try:
        return parse_json(text)
    except UnsafeJson:
        return None
    except orjson.JSONDecodeError:
        pass
    for candidate in (text, html.unescape(text)) if "&" in text else (text,):
        try:
            return parse_json(_cleaned(candidate))
        except UnsafeJson:
            return None
        except orjson.JSONDecodeError:
            continue
    return None


def _cleaned(text: str) -> str:
    text = _NOT_JSON.sub(lambda match: match[1] or " ", text).replace("\ufeff", "")
    text = _TRAILING_COMMA.sub(lambda match: match[1] or "", text)
    return _CONTROL.sub(" ", text).strip().rstrip(";")
