"""Flags of confidential records, in tables and features of every kind. Whatever is not an explicit no protects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from app.domain.text.columns import canonical

NOT_PROTECTED = frozenset({
    "", "N", "NO", "F", "FALSE", "0", "0.0", "NOT CONFIDENTIAL", "NON-CONFIDENTIAL", "NONCONFIDENTIAL",
    "NOT PROTECTED", "UNPROTECTED", "PUBLIC",
})  # fmt: skip
"""What says explicitly that a record is not confidential, in upper case. Any other value protects it."""
PROTECTED = frozenset({
    "Y", "YES", "T", "TRUE", "1", "1.0", "X", "C", "CONFIDENTIAL", "PROTECTED", "PRIVATE", "SUPPRESSED", "SECURED",
    "ACP", "SAFE AT HOME", "WITHHELD", "REDACTED",
})  # fmt: skip
"""What is known to say that it is. Other values are reported."""
MAX_CACHED = 1_000
_NAME = re.compile(
    r".{0,100}?(?:confidential|safeathome|withheld|redacted|suppress|nondisclosure|donot(?:disclose|publish|release)"
    r"|domesticviolence|publicrecordsexempt|exemptfrompublic|protected(?:address|voter|record|resid|status|person)"
    r"|(?:address|voter|record|residence|person|info)protect|secured(?:address|voter|record|active)"
    r"|(?:private|sealed|shielded|hidden)(?:address|voter|record|resid))"
)
_WHOLE = re.compile(
    r"(?:is|has|s|b|flag)?(?:protected|protection|private|privacy|acp|acpparticipant|secure|secured|sealed|shielded"
    r"|restricted|hidden|anonymous)"
    r"(?:flag|flg|ind|indicator|code|cd|status|yn|active|participant|program)?"
)
_PROTECTS_NOBODY = re.compile(
    r".{0,100}?(?:protectedclass|restrictedparking|taxexempt|exemptam|exemption(?:amount|value|code))"
)


def is_flag(name: str, *, of_people: bool = True) -> bool:
    """Whether a column or property of that name may mark confidential records.

    Elsewhere than in lists of people, `of_people` is False: there `protected` or `private` are said of land and roads.
    """
    plain = canonical(name)[:200]
    if _PROTECTS_NOBODY.match(plain):
        return False
    return _NAME.match(plain) is not None or (of_people and _WHOLE.fullmatch(plain) is not None)


def find_flags(names: Sequence[str], *, of_people: bool = True) -> tuple[int, ...]:
    """Return the indexes of the columns that may mark confidential records."""
    return tuple(index for index, name in enumerate(names) if is_flag(name, of_people=of_people))


def find_protecting_cell(cells: Sequence[str], flags: Sequence[int]) -> int | None:
    """Return the index of the first flag that protects a row; None if none does. A missing cell is empty."""
    return next((index for index in flags if index < len(cells) and protects(cells[index])), None)


def protects(value: object) -> bool:
    """Whether the value of a flag protects the record: anything but an explicit no."""
    return _text(value) not in NOT_PROTECTED


def is_unknown(value: object) -> bool:
    """Whether the value of a flag is neither a known yes nor a known no."""
    return _text(value) not in PROTECTED | NOT_PROTECTED


class FeatureFlags:
    """Finds the flags of features; most features of a file have the same properties."""

    def __init__(self) -> None:
        self._flags: dict[tuple[str, ...], tuple[str, ...]] = {}

    def find_protecting(self, properties: Mapping[str, object]) -> str | None:
        """Return the name of the first property that protects the record; None if none does."""
        names = tuple(properties)
        flags = self._flags.get(names)
        if flags is None:
            if len(self._flags) > MAX_CACHED:
                self._flags.clear()
            flags = self._flags[names] = tuple(name for name in names if is_flag(name, of_people=False))
        return _first_protecting(properties, flags) if flags else None


def _first_protecting(properties: Mapping[str, object], flags: Iterable[str]) -> str | None:
    """Return the name of the first of the flags that protects a record with these properties."""
    return next((name for name in flags if protects(properties.get(name))), None)


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).replace("\0", " ").split()).strip("'\" ").upper()
