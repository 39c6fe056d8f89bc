"""The migrations form one line, so that `upgrade head` knows what to do."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from app.db.core.migrate import MIGRATIONS


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1
