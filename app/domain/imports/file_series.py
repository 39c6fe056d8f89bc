"""Which files are versions of one another, and which source the ids of a file belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.imports.file_place import FilePlace
from app.domain.imports.file_sample import SampledRecord
from app.domain.imports.voter_profiles import ProfileName

SAME_COLUMNS = 0.6
"""Share of the columns that two versions of a file have in common, of those of the one with more. Some grow with each
election."""
STATEWIDE: tuple[ProfileName, ...] = ("north_carolina", "ohio", "florida")
"""Layouts of voter files whose ids are unique within the state."""
ROW_NUMBER_NAMES = frozenset({"id", "no", "nr", "num", "number", "row", "rownumber", "index"})
"""Canonical names of columns that may number the rows of a file."""
MIN_ROWS_NUMBERED = 3


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """The properties that distinguish a file from those of other counties and other layouts."""

    place: str | None
    """See `FilePlace.code`."""
    columns: Collection[str]
    """Canonical names."""
    created_by: UUID


def has_same_columns(one: Collection[str], other: Collection[str]) -> bool:
    """Whether files with these columns have the same layout; files without known columns have."""
    mine, theirs = set(one), set(other)
    if not mine or not theirs:
        return True
    return len(mine & theirs) >= SAME_COLUMNS * max(len(mine), len(theirs))


def is_same_series(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether two files of one source are versions of the same file.

    They are if they have the same layout and the same place. Where a place is unknown, they are if the same user
    imported both.
    """
    if not has_same_columns(one.columns, other.columns):
        return False
    if one.place and other.place:
        return one.place == other.place
    return one.created_by == other.created_by


@dataclass(frozen=True, slots=True)
class DerivedSource:
    source: str
    found_by: str
    """What it was derived from, for people: `the locations of its records`."""
    is_certain: bool
    """False for the common source of files of which nothing says where they are from."""


def derive_source(
    default: str,
    place: FilePlace | None,
    sample: Sequence[SampledRecord],
    *,
    profile: ProfileName | None = None,
    county: str = "",
) -> DerivedSource:
    """Return the source of a file whose sender named none.

    `default` is the common source of the kind of record, `county` the one that the sender named.
    """
    if profile in STATEWIDE:
        return DerivedSource(profile, "its layout: the ids are unique in the state", is_certain=True)
    if county:
        return DerivedSource(f"{default}:{county.strip().lower()}", "the option county", is_certain=True)
    if has_world_ids(sample):
        return DerivedSource(default, "its OpenStreetMap ids, which are unique", is_certain=True)
    if place is not None:
        return DerivedSource(f"{default}:{place.code}", place.found_by, is_certain=True)
    return DerivedSource(default, "nothing in the file: the common source", is_certain=False)


def has_world_ids(sample: Sequence[SampledRecord]) -> bool:
    """Whether the records are those of OpenStreetMap, whose ids are unique in the world."""
    return bool(sample) and all("osmid" in r.values or _is_osm_id(r.values.get("id", "")) for r in sample)


def _is_osm_id(text: str) -> bool:
    kind, _, number = text.partition("/")
    return kind in ("node", "way", "relation") and number.isdigit()


def numbers_rows(ids: Sequence[str]) -> bool:
    """Whether the first ids of a file are just the numbers of its rows: 1, 2, 3 or 0, 1, 2."""
    if len(ids) < MIN_ROWS_NUMBERED:
        return False
    return any(all(text == str(number) for number, text in enumerate(ids, first)) for first in (0, 1))
