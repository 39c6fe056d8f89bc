"""Parse a US address on one line, checked against the names of places.

State and ZIP code are read from the end. The city is the longest name before them that the ZIP code has, or else the
state; so "12 Main St West Palm Beach FL 33401" needs no comma. Where no name is known, `usaddress` decides, a
statistical model, and where it is not sure, the last street suffix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.addresses.parts import split_unit
from app.domain.addresses.unit_order import has_leading_unit, with_unit_last
from app.domain.addresses.us_places import MAX_CITY_WORDS, city_key, us_places
from app.domain.vocabulary.states import ABBREVIATIONS, CODES_BY_NAME, OTHER_NAMES, STATES
from app.domain.vocabulary.usps import COMMON_SUFFIXES, DIRECTIONS, SUFFIXES

_COUNTRY = re.compile(r"(?<![, ])[, ]+(?:USA?|U\.S\.(?:A\.)?|United States(?: of America)?)\.?$", re.IGNORECASE)
_ZIP = re.compile(r"(?:^|(?<=[ ,.])|(?<=[a-z]))(\d{5})(?: ?[-–—] ?(\d{4})| ?(\d{4}))?$", re.IGNORECASE)
_ZIP_BEFORE_STATE = re.compile(r"(?<=[ ,])(\d{5})(?:-(\d{4}))?[ ,]+([A-Z][A-Z.]{1,3})$", re.IGNORECASE)
_SHORT_ZIP = re.compile(r"(?<=[ ,])([A-Z]\.?[A-Z]\.?),? (\d{3,4})$", re.IGNORECASE)
_UNFINISHED_ZIP = re.compile(r"(?<=[ ,])\d{5}-(?:\d{0,3}|_+|0000)$")
CARE_OF = re.compile(r"(?:c/o|c\\o|care of|attn\.?:?|attention:?|%)[ :]+", re.IGNORECASE)
_BOX = re.compile(r"p\.? ?o\.? ?(?:box|drawer|bx)\b|post office box\b|box\b|pob\b|rr\b|rural (?:route|rt)\b|r\.r\.|hc\b"
                  r"|hcr\b|highway contract\b|star (?:route|rt)\b|psc\b|cmr\b|unit \d+ box\b|general delivery\b",
                  re.IGNORECASE)  # fmt: skip
_GRID = re.compile(r"[nsew]\d+(?:[nsew]\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_RECIPIENT_LABELS = frozenset({"Recipient", "NotAddress", "LandmarkName", "BuildingName", "CornerOf"})
_FIRST_OF_STREETS = frozenset({"URB", "URBANIZACION", "COND", "BO", "BARRIO", "ONE", "TWO", "THREE", "USS", "CORNER"})
"""First words of addresses that do not begin with a number."""
_STATE_WORDS = CODES_BY_NAME | OTHER_NAMES
_MAX_STATE_WORDS = max(len(name.split()) for name in _STATE_WORDS)
_OLD_ABBREVIATIONS = {name: code for name, code in ABBREVIATIONS.items() if name not in ("MISS", "WASH", "VIRG", "IND")}


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    comma: bool
    """Whether a comma follows."""

    @property
    def plain(self) -> str:
        return self.text.strip(".#").upper()


def parse_us(text: str) -> dict[str, str]:
    """Return the parts `address` (with the unit at its end), `city`, `state`, `zip_code`, each of them may be empty.

    `recipient` is what stands before the address: a name, a building.
    """
    text = " ".join(text.replace(";", ", ").split())
    for _ in range(2):  # United States, US
        text = _COUNTRY.sub("", text).strip(' ,;."')
    text, zip_code, state = _take_zip(text)
    words = _words(text)
    named_state = 0
    if not state:
        state, named_state = _find_state(words)
    rest = words[: len(words) - named_state]
    if state and rest and rest[-1].plain == state and _known_city(rest[:-1], 0, zip_code, state) is not None:
        rest = rest[:-1]  # Memphis TN, TN
    street, city = _take_city(rest, zip_code, state)
    if named_state and state not in ("", words[-1].plain) and not city and _is_city(words[-named_state:]):
        street, city = _take_city(words, zip_code, "")  # "1 5th Ave, New York" is the city
        if city:
            state = ""
        else:
            street, city = rest, []
    if city == [] and not zip_code and not state and not any(_NUMBER.search(word.text) for word in words):
        street, city = words, []
    recipient, street = _take_recipient(street)
    return {
        "recipient": _join(recipient),
        "address": _join(street) if _BOX.match(_join(street)) else with_unit_last(_join(street)),
        "city": _join(city),
        "state": state,
        "zip_code": zip_code,
    }


def _take_zip(text: str) -> tuple[str, str, str]:
    """Return the text without a ZIP code at its end, the code, and the state if that stands behind it."""
    if (match := _ZIP_BEFORE_STATE.search(text)) and (state := match[3].replace(".", "").upper()) in STATES:
        code = f"{match[1]}-{match[2]}" if match[2] else match[1]
        return text[: match.start()].rstrip(" ,"), code, state
    if match := _ZIP.search(text):
        extension = match[2] or match[3]
        before = text[: match.start()].rstrip(" ,.-")
        return before, f"{match[1]}-{extension}" if extension else match[1], ""
    if (match := _SHORT_ZIP.search(text)) and match[1].replace(
        ".", ""
    ).upper() in STATES:  # a spreadsheet lost the zero
        return text[: match.start(2)].rstrip(" ,"), match[2].zfill(5), ""
    if match := _UNFINISHED_ZIP.search(text):
        return text[: match.start()].rstrip(" ,"), match[0][:5], ""
    return text, "", ""


def _words(text: str) -> list[Word]:
    words: list[Word] = []
    for segment in text.split(","):
        parts = segment.split()
        words += [Word(part, index == len(parts)) for index, part in enumerate(parts, 1)]
    return words


def _join(words: Iterable[Word]) -> str:
    return " ".join(word.text + ("," if word.comma else "") for word in words).strip(" ,")


def _find_state(words: Sequence[Word]) -> tuple[str, int]:
    """Return the code of the state that the last words name, and how many they are."""
    for count in range(min(_MAX_STATE_WORDS, len(words) - 1), 0, -1):
        last = words[-count:]
        if any(word.comma for word in last[:-1]):
            continue
        name = " ".join(word.text for word in last).replace(".", "").upper()
        close = name.replace(" ", "")
        code = _STATE_WORDS.get(name) or (name if name in STATES else None) or _OLD_ABBREVIATIONS.get(close)
        if code is None and count == 2 and len(close) == 2 and close in STATES:  # N. Y.
            code = close
        if name == "WASHINGTON DC":  # the city is Washington
            return "DC", 1
        if code is not None:
            return code, count
    return "", 0


def _is_city(words: Sequence[Word]) -> bool:
    return bool(us_places().states.get(city_key(_join(words))))


def _take_city(words: Sequence[Word], zip_code: str, state: str) -> tuple[Sequence[Word], Sequence[Word]]:
    """Split off the city at the end."""
    if not words:
        return words, []
    start = max((index + 1 for index, word in enumerate(words[:-1]) if word.comma), default=0)
    if start:
        last = words[start:]
        if len(last) <= MAX_CITY_WORDS and us_places().rank(city_key(_join(last)), zip_code, state) >= 1:
            return words[:start], last
    best = _known_city(words, start, zip_code, state)
    if best is not None:
        return words[:best], words[best:]
    if start:
        last = words[start:]
        if not any(_NUMBER.search(word.text) for word in last) and not _is_unit(last):
            return words[:start], last
        return words, []
    if not zip_code and not state:
        return words, []
    if not any(_NUMBER.search(word.text) for word in words):
        return [], words  # "Concord, CA"
    split = _split_by_model(words) or _split_at_suffix(words)
    return words[:split], words[split:]


def _known_city(words: Sequence[Word], start: int, zip_code: str, state: str) -> int | None:
    """Return where the best known name of a city begins that ends the words; None if there is none."""
    places = us_places()
    best: tuple[int, int] | None = None
    for index in range(max(start, len(words) - MAX_CITY_WORDS), len(words)):
        before = words[:index]
        if before and not _may_be_street(before):
            continue
        rank = places.rank(city_key(_join(words[index:])), zip_code, state)
        if rank == 1 and not (index == start > 0 or _ends_like_street(before)):
            continue
        if rank == 2 and zip_code and best and best[0] >= 3:
            continue
        if rank and (best is None or rank > best[0]):
            best = rank, index
    if best is None:
        return None
    return _without_direction(words, best[1], zip_code, state)


def _without_direction(words: Sequence[Word], index: int, zip_code: str, state: str) -> int:
    """Leave an abbreviated direction to the street: in "12 Main St N Canton" without a ZIP code, Canton is the city."""
    word = words[index]
    if zip_code or len(word.plain) > 2 or word.plain not in DIRECTIONS.values() or index + 1 >= len(words):
        return index
    before = words[:index]
    if not before or before[-1].plain not in SUFFIXES:
        return index
    shorter = us_places().rank(city_key(_join(words[index + 1 :])), zip_code, state)
    return index + 1 if shorter else index


def _may_be_street(words: Sequence[Word]) -> bool:
    """Whether the words may be a whole street: they have a letter, and do not end in the middle of a name."""
    text = _join(words)
    if _BOX.match(text):
        return bool(_NUMBER.search(text)) or text.lower().startswith("general")
    letters = [word for word in words if any(map(str.isalpha, word.text)) and not _GRID.fullmatch(word.text)]
    directions = [word for word in letters if word.plain in DIRECTIONS]
    if len(directions) == len(letters):  # "123 W" is no street, "123 S 400 E" is
        return len([word for word in words if _NUMBER.search(word.text)]) > 1 and bool(letters)
    return True


def _ends_like_street(words: Sequence[Word]) -> bool:
    if not words:
        return False
    without_unit, unit = split_unit(_join(words).replace(",", ""))
    last = without_unit.split(" ")[-1].strip(".").upper()
    return unit is not None or last in COMMON_SUFFIXES or (last in DIRECTIONS and len(words) > 2)


def _is_unit(words: Sequence[Word]) -> bool:
    return split_unit(f"1 Main St {_join(words)}")[1] is not None


def _split_by_model(words: Sequence[Word]) -> int | None:
    """Return where the city begins according to `usaddress`; None where it finds none at the end."""
    labels = _labels(words)
    split = len(labels)
    while split and labels[split - 1] == "PlaceName":
        split -= 1
    return split if 0 < split < len(labels) and _may_be_street(words[:split]) else None


def _labels(words: Sequence[Word]) -> list[str]:
    """Return a label for each word; an empty list where the model divides the words in another way."""
    import usaddress  # its model takes a moment to load, and most addresses do not need it

    labels = [label for _, label in usaddress.parse(_join(words))]
    return labels if len(labels) == len(words) else []


def _split_at_suffix(words: Sequence[Word]) -> int:
    """Return where the city begins: after the last street suffix, its direction and the unit.

    The common suffixes come first: in "12 Main St Lake Forest" the city begins with a rare one.
    """
    suffixes = [index for index, word in enumerate(words) if index > 1 and word.plain in SUFFIXES]
    common = [index for index in suffixes if words[index].plain in COMMON_SUFFIXES]
    for index in (*reversed(common), *reversed(suffixes)):
        end = index + 1
        if end < len(words) - 1 and words[end].plain in DIRECTIONS:
            end += 1
        for unit_end in range(min(end + 4, len(words)), end, -1):
            if split_unit(_join(words[:unit_end]))[0] == _join(words[:end]):
                end = unit_end
                break
        if end < len(words):
            return end
    return len(words)


def _take_recipient(words: Sequence[Word]) -> tuple[Sequence[Word], Sequence[Word]]:
    """Split off a name or a building that stands before the house number."""
    text = _join(words)
    starts = list(_possible_starts(words))
    if not starts or not starts[0] or has_leading_unit(text):
        return [], words
    if CARE_OF.match(text):
        return words[: starts[0]], words[starts[0] :]
    behind_comma = [index for index in starts if index and words[index - 1].comma]
    first = starts[0]
    if first and behind_comma and not any(_NUMBER.search(word.text) for word in words[: behind_comma[0]]):
        before = words[: behind_comma[0]]
        if not _is_unit(before) and before[0].plain not in _FIRST_OF_STREETS:
            return before, words[behind_comma[0] :]
    if not words[0].comma and words[0].plain not in _FIRST_OF_STREETS:
        count = _recipient_by_model(words)
        return words[:count], words[count:]
    return [], words


def _recipient_by_model(words: Sequence[Word]) -> int:
    """Return how many words at the beginning are a name or a building according to `usaddress`."""
    labels = _labels(words)
    count = next((index for index, label in enumerate(labels) if label not in _RECIPIENT_LABELS), 0)
    return count if labels and labels[count] in ("AddressNumber", "USPSBoxType") else 0


def _possible_starts(words: Sequence[Word]) -> Iterator[int]:
    for index, word in enumerate(words):
        if word.text[0].isdigit() or _GRID.fullmatch(word.text) or _BOX.match(_join(words[index : index + 4])):
            yield index
