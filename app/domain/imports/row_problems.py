"""Problems of rows, with messages that tell the sender what to correct."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.text import csv_reader

MAX_VALUE_CHARACTERS = 80
MAX_MESSAGE_CHARACTERS = 200
SAMPLES_PER_CODE = 5

REPORT_COLUMNS = ("error_code", "error")
"""The last columns of a report of rejected rows; ignored in a file that was corrected from such a report."""

_ALPHANUMERIC = re.compile(r"\w")


class ProblemCode(StrEnum):
    """Stable names of what may be wrong, for filters and scripts."""

    NO_ID = "no_id"
    WRONG_COLUMNS = csv_reader.WRONG_COLUMNS
    QUOTE = csv_reader.STRAY_QUOTE
    NUL = csv_reader.NUL
    TOO_LONG = csv_reader.TOO_LONG
    NOT_DATA = csv_reader.NOT_DATA
    NOT_JSON = "not_json"
    NOT_A_FEATURE = "not_a_feature"
    BAD_GEOMETRY = "bad_geometry"
    PROJECTED = "projected_coordinates"
    BAD_COORDINATES = "bad_coordinates"
    BAD_CATEGORY = "no_category"
    NO_NAME = "no_name"
    PROTECTED = "protected"
    BAD_WEBSITE = "bad_website"
    # warnings: the row is kept
    BAD_DATE = "unreadable_date"
    BAD_YEAR = "unreadable_year"
    BAD_STATE = "unknown_state"
    BAD_ZIP = "unreadable_zip"
    BAD_NUMBER = "unreadable_number"
    BAD_COUNTRY = "unknown_country"
    UNKNOWN_FLAG = "unknown_flag"
    NO_ADDRESS = "no_address"
    NO_NUMBER = "no_house_number"
    PLACEHOLDER = "placeholder"
    RECIPIENT = "recipient_in_address"
    LOCALITY = "locality_in_unit"
    NO_GEOMETRY = "no_geometry"
    REPAIRED = "geometry_repaired"
    DUPLICATE = "duplicate_in_file"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One problem of one row. `line` is the physical line, or the number of the feature, from 1."""

    line: int
    record_id: str | None
    column: str | None
    code: ProblemCode
    value: str | None
    """Masked: enough to find the cell, not enough to reveal its content."""
    message: str
    """Continues "the column …" where `column` is set, else "the row …"."""
    rejects: bool
    """Whether the row is left out; otherwise it is kept without the value."""

    def detail(self) -> dict[str, Any]:
        """Return the JSON that is stored with the job."""
        return {
            "line": self.line,
            "recordId": self.record_id,
            "column": self.column,
            "code": str(self.code),
            "value": self.value,
            "rejected": self.rejects,
        }


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is left out, as it was received; a row that could not be split is a single cell."""

    line: int
    cells: list[str]
    code: str
    error: str


def mask(value: str) -> str:
    """Return the first two characters and the shape of the rest: `13/45/1980` becomes `13/**/****`."""
    return value[:2] + _ALPHANUMERIC.sub("*", value[2:MAX_VALUE_CHARACTERS])


@dataclass
class ProblemSummary:
    """The number of problems by code, with a few samples. Small for any file: it is part of checkpoints."""

    codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, problems: Iterable[RowProblem]) -> None:
        for problem in problems:
            entry = self.codes.setdefault(str(problem.code), {"count": 0, "rejected": problem.rejects, "samples": []})
            entry["count"] += 1
            if len(entry["samples"]) < SAMPLES_PER_CODE:
                entry["samples"].append({"message": problem.message[:MAX_MESSAGE_CHARACTERS], **problem.detail()})
