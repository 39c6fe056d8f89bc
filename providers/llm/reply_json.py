"""Find the JSON in the text of a model: after its thoughts, within other words, and with the usual mistakes mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

THOUGHTS_END = re.compile(r"</(?:think|thinking|thought|reasoning)>|<\|channel\|>final<\|message\|>", re.IGNORECASE)
THOUGHTS_BEGIN = re.compile(r"\s*<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
MAX_CANDIDATES = 12
WORD = re.compile(r"[A-Za-z_]\w*")
LITERALS = {"True": "true", "False": "false", "None": "null"}
OPENING, CLOSING = "{[", "}]"
CURLY_QUOTES = "\u201c\u201d"
AFTER_STRING = re.compile(r"\s*(?:[,:}\]]|$)")
ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def after_thoughts(text: str) -> str:
    """Return what follows the thoughts of a model; empty if they do not end."""
    ends = list(THOUGHTS_END.finditer(text))
    if ends:
        return text[ends[-1].end() :]
    return "" if THOUGHTS_BEGIN.match(text) else text


def candidates(text: str) -> Iterator[str]:
    """Yield the objects and arrays in a text, the longest first; then the same with their mistakes mended."""
    found = sorted(_balanced(text), key=len, reverse=True)[:MAX_CANDIDATES]
    first, last = text.find("{"), text.rfind("}")
    if 0 <= first < last and text[first : last + 1] not in found:
        found.append(text[first : last + 1])
    yield from found
    for candidate in found:
        yield mended(candidate)


def _balanced(text: str) -> Iterator[str]:
    """Yield the outermost pieces from an opening bracket to its closing one."""
    depth, start, in_string, is_escaped = 0, 0, False, False
    for place, char in enumerate(text):
        if in_string:
            in_string = is_escaped or char != '"'
            is_escaped = char == "\\" and not is_escaped
        elif char == '"' and depth:
            in_string = True
        elif char in OPENING:
            if not depth:
                start = place
            depth += 1
        elif char in CLOSING and depth:
            depth -= 1
            if not depth:
                yield text[start : place + 1]


def mended(text: str) -> str:
    """Return JSON for what is almost JSON: single or curly quotes, comments, commas at the end, words of Python, names
    without quotes, line breaks in strings.
    """
    out: list[str] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char in "\"'" or char in CURLY_QUOTES:
            string, place = _string(text, place)
            out.append(string)
            continue
        if text.startswith(("//", "#"), place):
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
            continue
        if text.startswith("/*", place):
            end = text.find("*/", place)
            place = len(text) if end < 0 else end + 2
            continue
        word = WORD.match(text, place)
        if word:
            is_name = text[word.end() : word.end() + 8].lstrip().startswith(":")
            out.append(f'"{word[0]}"' if is_name else LITERALS.get(word[0], word[0]))
            place = word.end()
            continue
        if char in CLOSING:
            while out and (out[-1].isspace() or out[-1] == ","):
                out.pop()
        out.append(char)
        place += 1
    return "".join(out)


def _string(text: str, start: int) -> tuple[str, int]:
    """Return the string that begins at `start` as JSON, and where it ends."""
    quote = text[start]
    ends = CURLY_QUOTES if quote in CURLY_QUOTES else quote
    out = ['"']
    place = start + 1
    while place < len(text):
        char = text[place]
        if char == "\\" and place + 1 < len(text):
            following = text[place + 1]
            out.append(f"\\{following}" if following in '"\\/bfnrtu' else following)
            place += 2
            continue
        if char in ends and (quote == '"' or AFTER_STRING.match(text, place + 1)):
            break
        out.append('\\"' if char == '"' else ESCAPED.get(char, char) if char >= " " or char in ESCAPED else "")
        place += 1
    return "".join([*out, '"']), place + 1
