"""Jobs become unfinished in one place, which asks a creator whether the user may have more of them."""

from __future__ import annotations

import ast

from tests.unit.structure.source import sources


def test_jobs_are_inserted_by_one_module() -> None:
    inserting = {
        str(source.path)
        for source in sources("app", "workers")
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "INSERT INTO jobs " in node.value
    }
    assert inserting == {"app/db/jobs/records.py"}


def test_jobs_of_several_users_are_inserted_after_each_has_reserved_theirs() -> None:
    callers = {
        str(source.path)
        for source in sources("app", "workers")
        for node in source.expressions
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "insert_for_users"
    }
    assert callers == {"app/db/jobs/records.py", "app/web/jobs/together.py"}


def test_requests_create_jobs_within_the_users_limit() -> None:
    """Routes get their creators from `PendingLimit.creator`. Those that make one themselves bypass the limit."""
    bypassing = {
        str(source.path)
        for source in sources("app/web")
        for node in source.expressions
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Creator"
    }
    # the second runs the schedule of another user, at an administrator's request
    assert bypassing == {"app/web/jobs/pending_limit.py", "app/web/jobs/schedules.py"}
