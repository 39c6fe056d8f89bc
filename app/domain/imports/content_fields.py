"""The fields of a table without names of columns, told by what its columns hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.domain.imports.sample import Sample
from app.domain.text.column_checks import looks_like_house_number
from app.domain.text.column_content import Content, recognise_content
from app.domain.text.errors import Unreadable

ADULT_YEARS = 16
"""Dates of birth in registers lie at least so long before the latest date in the file."""
_GENDERS = frozenset({"M", "F", "U", "X", "MALE", "FEMALE", "UNKNOWN"})
_NAME = re.compile(r"[^\W\d_][^\W\d_.' -]{0,40}(?:[ '-][^\W\d_]{1,40}){0,3}\.?")
_YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)
_COMMON = """
james mary michael patricia robert jennifer john linda david elizabeth william barbara richard susan joseph jessica
thomas karen christopher sarah charles lisa daniel nancy matthew sandra anthony betty mark ashley donald emily
steven kimberly andrew margaret paul donna joshua michelle kenneth carol kevin amanda brian melissa timothy deborah
ronald stephanie george rebecca jason sharon edward laura jeffrey cynthia ryan dorothy jacob amy nicholas kathleen
gary angela eric shirley jonathan emma stephen brenda larry pamela justin nicole scott anna brandon samantha
benjamin katherine samuel christine gregory debra alexander rachel patrick carolyn frank janet raymond maria jack
olivia dennis heather jerry helen tyler catherine aaron diane jose julie adam victoria nathan joyce henry lauren
zachary kelly douglas christina peter ruth kyle joan noah virginia ethan judith jeremy evelyn christian hannah
walter andrea keith megan austin cheryl roger jacqueline terry madison sean teresa gerald abigail carl sophia dylan
martha harold sara jordan gloria jesse janice bryan kathryn lawrence ann arthur isabella gabriel judy bruce
charlotte logan julia billy grace joe amber alan alice juan jean elijah denise willie frances albert danielle wayne
marilyn randy natalie mason beverly vincent diana liam brittany roy theresa bobby kayla caleb alexis bradley doris
russell lori lucas tiffany carlos luis anne rosa eva clara lee ruby ida ella mia
"""
FIRST_NAMES = frozenset(_COMMON.split())
"""The most common first names in the United States, in lower case; of a column of first names they are a good part."""
MIN_SHARE_OF_FIRST_NAMES = 0.15


@dataclass
class _Columns:
    sample: Sample
    taken: set[int]
    contents: list[Content | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contents = [recognise_content(self.texts(index)) for index in range(len(self.sample.header))]

    def texts(self, index: int) -> list[str]:
        return [row[index] for row in self.sample.rows if row[index]]

    def like(self, content: Content) -> list[int]:
        return [index for index, found in enumerate(self.contents) if found is content and index not in self.taken]

    def where(self, test: Callable[[Sequence[str]], bool]) -> list[int]:
        free = (index for index in range(len(self.contents)) if index not in self.taken)
        return [index for index in free if (texts := self.texts(index)) and test(texts)]

    def are_distinct(self, index: int) -> bool:
        """Whether a column has another value in each row, as ids of five digits have and ZIP codes have not."""
        texts = self.texts(index)
        return len(texts) > 1 and len(set(texts)) == len(texts) == len(self.sample.rows)

    def name(self, index: int) -> str:
        return self.sample.header[index]


def fields_by_content(sample: Sample, fields: Collection[str], mapped: Collection[int]) -> dict[str, str]:
    """Return field to the name of its column, for those of the `fields` that the values tell.

    `mapped` are indexes of columns that are used already. Raises Unreadable where two columns look like an address.
    """
    columns = _Columns(sample, set(mapped))
    found: dict[str, int] = {}

    def take(name: str, index: int | None) -> None:
        if index is not None and name in fields:
            found[name] = index
            columns.taken.add(index)

    _address(columns, take)
    after = max(found.values(), default=-1)
    for name, content in (("zip_code", Content.ZIP_CODE), ("state", Content.STATE)):
        candidates = columns.like(content)
        take(name, next((index for index in candidates if index > after), next(iter(candidates), None)))
    place = min((found[name] for name in ("state", "zip_code") if name in found), default=None)
    if place is not None and place - 1 not in columns.taken and place > 0 and _are_names(columns.texts(place - 1)):
        take("city", place - 1)
    for name, content in (("email", Content.EMAIL), ("phone", Content.PHONE)):
        take(name, next(iter(columns.like(content)), None))
    take("gender", next(iter(columns.where(lambda texts: {text.upper() for text in texts} <= _GENDERS)), None))
    _dates(columns, take)
    for name in ("record_id", "id", "external_id"):
        candidates = columns.like(Content.ID) or [i for i in columns.like(Content.ZIP_CODE) if columns.are_distinct(i)]
        take(name, candidates[0] if len(candidates) == 1 or candidates[:1] == [0] else None)
    if "first_name" in fields:
        _people(columns, take)
    return {name: columns.name(index) for name, index in found.items()}


Take = Callable[[str, int | None], None]


def _address(columns: _Columns, take: Take) -> None:
    addresses = columns.like(Content.ADDRESS)
    if len(addresses) > 1:
        first, second = (columns.name(index) for index in addresses[:2])
        raise Unreadable(
            f"The file has no header, and both {first} and {second} look like addresses. Say which one is meant:"
            f' mapping={{"address": "{first}"}}.'
        )
    if addresses:
        take("address", addresses[0])
        return
    for street in columns.like(Content.STREET):
        for number in (street - 1, street - 2):
            if number >= 0 and number not in columns.taken and looks_like_house_number(columns.texts(number)):
                take("house_number", number)
                take("street", street)
                return


def _dates(columns: _Columns, take: Take) -> None:
    """Take the earlier of two columns of dates for that of birth, and one alone if its dates are early enough."""
    years = {index: _median_year(columns.texts(index)) for index in columns.like(Content.DATE)}
    latest = max(years.values(), default=0)
    born = [index for index, year in years.items() if year and year <= latest - ADULT_YEARS]
    if len(born) == 1:
        take("birth_date", born[0])
        others = [index for index in years if index not in born]
        take("registered_on", others[0] if len(others) == 1 else None)
    elif len(years) == 1 and 0 < latest < 2000:
        take("birth_date", next(iter(years)))


def _median_year(texts: Sequence[str]) -> int:
    found = [int(match[0]) for text in texts if (match := _YEAR.search(text))]
    return int(median(found)) if found else 0


def _people(columns: _Columns, take: Take) -> None:
    """Take the column with many common first names, and its neighbour of names as that of last names."""
    names = columns.where(_are_names)
    shares = {index: _share_of_first_names(columns.texts(index)) for index in names}
    first = max(shares, key=lambda index: shares[index], default=None)
    if first is None or shares[first] < MIN_SHARE_OF_FIRST_NAMES:
        return
    beside = [index for index in (first - 1, first + 1, first + 2) if index in names]
    last = min(beside, key=lambda index: shares[index], default=None)
    if last is not None and shares[last] < shares[first] / 2:
        take("first_name", first)
        take("last_name", last)


def _share_of_first_names(texts: Sequence[str]) -> float:
    return sum(text.split()[0].lower() in FIRST_NAMES for text in texts) / len(texts)


def _are_names(texts: Sequence[str]) -> bool:
    good = sum(_NAME.fullmatch(text) is not None and len(text) > 1 for text in texts)
    return good >= 0.8 * len(texts) > 0
