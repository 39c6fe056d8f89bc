"""The options of the page that imports a file: which there are for each kind, and what the form sends of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from app.domain.imports.upload_kinds import UploadKind
from app.domain.imports.voter_profiles import ProfileName

VOTERS = frozenset({UploadKind.VOTERS})
RECORDS = frozenset({UploadKind.VOTERS, UploadKind.PARCELS, UploadKind.POIS})
IMPORTS = RECORDS | {UploadKind.BUSINESSES}
REFERENCE = frozenset({UploadKind.REFERENCE})


@dataclass(frozen=True)
class ImportOption:
    """A control of the form, and the option of the request that it stands for."""

    name: str
    label: str
    kinds: frozenset[UploadKind]
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and text; the empty value leaves the option out. Without choices it is a line of text or a check box."""
    is_check: bool = False


READING = (
    ImportOption(
        "header",
        "First row",
        IMPORTS | REFERENCE | {UploadKind.GEOCODE_FILE},
        choices=(("", "find out"), ("true", "has the names of the columns"), ("false", "is a record already")),
    ),
    ImportOption(
        "dateOrder",
        "Dates are written as",
        VOTERS,
        choices=(("", "find out"), ("mdy", "month/day/year"), ("dmy", "day/month/year"), ("ymd", "year-month-day")),
    ),
    ImportOption(
        "profile",
        "Layout of the voter file",
        VOTERS,
        choices=(("", "find out"), *((name, name.replace("_", " ").title()) for name in get_args(ProfileName))),
    ),
    ImportOption("county", "County", VOTERS, "Only if the file has no column for it."),
    ImportOption(
        "country", "Country", frozenset({UploadKind.GEOCODE_FILE}), "Of rows that name none: two letters, such as us."
    ),
)
"""What changes how the file is read: the page shows its rows again."""
STARTING = (
    ImportOption(
        "name",
        "Name",
        REFERENCE,
        "Data of this name are replaced when the import is complete. Left empty, it is the name of the file.",
    ),
    ImportOption("dated", "Day of the data", REFERENCE, "Such as 2026-05-01: answers name it."),
    ImportOption("state", "State", REFERENCE, "Of addresses that name none."),
    ImportOption("attribution", "Attribution", REFERENCE, "A text that must be shown with the results."),
    ImportOption("licence", "Licence", REFERENCE),
    ImportOption(
        "shared",
        "For whom",
        REFERENCE,
        "Only administrators can let data answer the questions of all users.",
        choices=(("", "everybody, if an administrator imports them"), ("false", "only my own questions")),
    ),
    ImportOption(
        "source",
        "Source",
        IMPORTS,
        "A name for whom the file is from. Its records update those of the same source, never others. Left empty, it"
        " is found from the file.",
    ),
    ImportOption("geocodeAfter", "Find the coordinates of new households afterwards", VOTERS, is_check=True),
    ImportOption("visit", "Visit the websites of new businesses afterwards", frozenset({UploadKind.BUSINESSES}),
                 choices=(("", "yes"), ("false", "no"))),
    ImportOption(
        "allowOverwrite",
        "Overwrite records that came with other files",
        IMPORTS,
        "Without this, the import stops before it would change more than a few of them.",
        is_check=True,
    ),
    ImportOption(
        "retireMissing",
        "Retire records that the last version had and this file no longer has",
        RECORDS,
        is_check=True,
    ),
    ImportOption("split", "Divide a very long file into several jobs", IMPORTS, is_check=True),
    ImportOption(
        "dryRun", "Only try it: read, check and count, but store nothing", IMPORTS | REFERENCE, is_check=True
    ),
)  # fmt: skip
"""What changes the import only."""
MAX_CHARACTERS = 200


def offered(options: tuple[ImportOption, ...], kind: str | None, *, is_table: bool) -> list[ImportOption]:
    """Return the options that a kind has; only tables have a header."""
    return [option for option in options if kind in option.kinds and (is_table or option.name != "header")]


def chosen_options(values: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a query or a form that are filled in."""
    names = [option.name for option in (*READING, *STARTING)]
    return {name: text[:MAX_CHARACTERS] for name in names if (text := values.get(name, "").strip())}


def for_kind(values: Mapping[str, str], kind: str | None, options: tuple[ImportOption, ...]) -> dict[str, str]:
    """Return those of the values that are options of the kind."""
    names = {option.name for option in options if kind in option.kinds}
    return {name: text for name, text in values.items() if name in names}
