"""What is wrong with a row of a file, said so that the person who sent it can mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_VALUE = 80
SAMPLES = 5

REPORTED = ("error_code", "error")
"""The last columns of a report of rejected rows; in a file that comes back mended they are none of its own."""

ALNUM = re.compile(r"\w")


class Unreadable(ValueError):
    """The file as a whole is nothing that can be imported; the message says why and what to do."""


class Code(StrEnum):
    """Stable names of what may be wrong; people filter and scripts decide by them."""

    NO_ID = "no_id"
    WRONG_COLUMNS = "wrong_number_of_columns"
    QUOTE = "stray_quote"
    NUL = "nul_byte"
    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    NOT_A_FEATURE = "not_a_feature"
    BAD_GEOMETRY = "bad_geometry"
    PROJECTED = "projected_coordinates"
    BAD_COORDINATES = "bad_coordinates"
    BAD_CATEGORY = "no_category"
    NO_NAME = "no_name"
    BAD_WEBSITE = "bad_website"
    # warnings: the row is kept
    BAD_DATE = "unreadable_date"
    BAD_YEAR = "unreadable_year"
    BAD_STATE = "unknown_state"
    BAD_ZIP = "unreadable_zip"
    BAD_NUMBER = "unreadable_number"
    BAD_COUNTRY = "unknown_country"
    NO_ADDRESS = "no_address"
    NO_GEOMETRY = "no_geometry"
    REPAIRED = "geometry_repaired"
    DUPLICATE = "duplicate_in_file"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one row. `line` is the physical line, or the number of the feature, from 1."""

    line: int
    record_id: str | None
    column: str | None
    code: Code
    value: str | None
    """Masked: enough to find the cell by, not enough to learn what it says."""
    message: str
    rejects: bool
    """Whether the row is left out; else it is kept without the value."""

    def detail(self) -> dict[str, Any]:
        """As it is kept with the job."""
        return {
            "line": self.line,
            "recordId": self.record_id,
            "column": self.column,
            "code": str(self.code),
            "value": self.value,
            "rejected": self.rejects,
        }


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is left out, as it came; an unreadable one is a single cell."""

    line: int
    cells: list[str]
    code: Code
    error: str


def mask(value: str) -> str:
    """The first two characters and the shape of the rest: `13/45/1980` is `13/**/****`."""
    return value[:2] + ALNUM.sub("*", value[2:LONGEST_VALUE])


@dataclass
class Summary:
    """How often each code came up, with the first few as samples. Small whatever the file: it lives in checkpoints."""

    codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            entry = self.codes.setdefault(str(finding.code), {"count": 0, "rejected": finding.rejects, "samples": []})
            entry["count"] += 1
            if len(entry["samples"]) < SAMPLES:
                entry["samples"].append({"message": finding.message[:200], **finding.detail()})
