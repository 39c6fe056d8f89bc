"""Every table with text has a rule for the erasure of a person."""

from __future__ import annotations

from app.db.core.erasure import RULES, text_columns
from app.db.tables import metadata


def test_every_table_has_one_rule() -> None:
    named = [name for names in RULES.values() for name in names]
    missing = {table.name for table in metadata.tables.values() if text_columns(table)} - set(named)
    assert not missing, f"add a rule to app/db/core/erasure.py for {', '.join(sorted(missing))}"
    assert len(named) == len(set(named))
    assert set(named) <= metadata.tables.keys()
