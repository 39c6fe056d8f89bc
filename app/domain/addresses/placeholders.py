"""What people and programs write in a field of an address when they have no value for it."""

from __future__ import annotations

PLACEHOLDERS = frozenset(
    (
        "N/A",
        "NA",
        "N.A.",
        "#N/A",
        "NULL",
        "(NULL)",
        "NONE",
        "NIL",
        "-",
        "--",
        "---",
        ".",
        "..",
        "?",
        "??",
        "UNKNOWN",
        "UNK",
        "(UNKNOWN)",
        "TBD",
        "TBA",
        "NOT AVAILABLE",
        "NOT APPLICABLE",
        "NO ADDRESS",
        "CONFIDENTIAL",
        "ADDRESS CONFIDENTIAL",
        "CONFIDENTIAL ADDRESS",
        "PROTECTED",
        "WITHHELD",
        "REDACTED",
        "SUPPRESSED",
        "PRIVATE",
    )
)
"""In upper case."""
NAMIBIA = {"country": {"NA"}}


def is_placeholder(field: str, text: str) -> bool:
    """Whether the text, its white space squeezed, stands for no value in this field of an address."""
    name = text.upper()
    return name in PLACEHOLDERS and name not in NAMIBIA.get(field, ())
