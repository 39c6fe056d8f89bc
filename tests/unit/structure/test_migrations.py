"""The migrations form one line, so that `upgrade head` knows what to do."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from app.db.core.schema import MIGRATIONS, known_revisions


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_the_revisions_are_read_as_alembic_reads_them() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()  # the newest first
    assert known_revisions() == tuple(reversed([script.revision for script in scripts]))
