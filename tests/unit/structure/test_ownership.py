"""Every SQL statement on a table whose rows belong to users names their owner, or is exempt for a stated reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlmodel import SQLModel

import app.db.tables  # noqa: F401  # registers the tables
from tests.unit.structure.source import Source, sources

OWNERS = {"created_by", "user_id", "job_id"}
"""Columns by which a row belongs to a user, directly or through a job."""

SHARED = {
    "businesses": "the installation's, with who added them",
    "business_exclusions": "hold for everybody; only administrators lift those of administrators",
    "companies": "the installation's, with who added them",
    "company_candidates": "a company's, with who decided",
    "heat_regions": "the installation's; the id of the job is shown to those who may read the job",
    "household_doubts": "a household's; candidates are shown to whoever created the job that found them",
    "import_runs": "say which file brought the installation's records; its jobs are shown to those who may read them",
    "lead_scores": "a company's; the id of the job is shown to those who may read the job",
    "llm_calls": "a job's, summed up in its result",
    "notifications": "a team's",
    "research_reports": "a company's; the id of the job is shown to those who may read the job",
    "signals": "a company's",
    "team_members": "a team's; its members and administrators see them",
    "teams": "administrators make them; members see their own",
    "website_checks": "a business's; the id of the job is shown to those who may read the job",
}
"""Tables that name a user or a job, and whose rows are for all users. docs/security.md says so, too."""

OWNER_CONDITION = re.compile(
    r"""\b(created_by|user_id)\s*(=|IN\b|IS\ NOT\ DISTINCT\ FROM)   # or bound by name, or the same as another's
      | USING\ \(created_by\)
      | \{MAY_READ | \{VISIBLE | \{where\}                          # Filters.conditions, which takes the owner
    """,
    re.VERBOSE,
)

EXEMPT = {
    "workers and the sweep run everybody's jobs, and return nothing to users": """
        jobs.archive.* jobs.retention.* jobs.ledger.* jobs.admission.* jobs.waiting.* jobs.inline.*
        jobs.schedule_ticks.* jobs.deliveries.*
        jobs.records.get_creator_id jobs.records.get_completed_at geocoding.provider_states.upsert
        geocoding.file_rows.insert geocoding.file_rows.delete_all imports.reports.insert_rejected_rows
        imports.reports.delete_after_line imports.runs.insert imports.runs.list_later imports.uploads.mark_removed
        imports.uploads.select_orphaned imports.uploads.lock_stored
        imports.uploads.forget websites.validations.get_visit_target jobs.webhooks.disable
        companies.reports.insert reference.sources.begin reference.sources.find_loading reference.sources.publish
        reference.sources._ABANDONED reference.sources.abandon_unfinished reference.sources._DELETE_POINTS
        reference.sources.delete_removed reference.sources.is_ready
        reference.parcels.list_not_indexed
    """,
    "inserts a row with its owner": """
        accounts.keys.insert accounts.sessions.insert core.audit.record core.idempotency.* imports.uploads.insert
        imports.kept_uploads.insert imports.mappings.upsert jobs.records.INSERT jobs.schedules.insert
        jobs.webhooks.insert reference.confirmed.*
    """,
    "commands of who runs the servers, on the whole database": "core.backups.* core.erasure.* core.diagnosis.*",
    "authenticates: the row is found by the digest of a secret": """
        accounts.keys.record_use accounts.sessions.*
    """,
    "the row was found or locked for its owner in the same transaction": """
        jobs.actions.CANCEL jobs.actions.RETRY jobs.actions.DELETE jobs.actions.find_dedupe_holder jobs.actions.pin
        jobs.bulk.lock_available jobs.schedules.update jobs.schedules.delete jobs.webhooks.enable imports.uploads.delete
        jobs.search._page companies.reports.find_fresh imports.runs.find_undo_job
    """,
    "the beginning of a statement: the functions that use it add the owner": "jobs.schedules.SELECT",
    "a part of a job, for those who may read the job (test_parts_of_jobs)": """
        jobs.item_errors.* jobs.timeline.* geocoding.file_rows.list_after imports.reports.list_rejected_rows
        imports.reports.find_layout jobs.causes.group_items jobs.causes.list_item_ids
    """,
    "for administrators (tests/security/test_matrix.py)": """
        core.audit.list_actions jobs.views.ACTIVITY jobs.views.list_running jobs.workers.list_workers
    """,
    "who corrected a household, which all users share": "households.edits.list_changes",
    "counts and times of a whole queue, which every user may know": """
        jobs.queues.SELECT jobs.queue_depths.list_depths jobs.durations.get_pace jobs.durations.get_rate
    """,
    "whether there is a job for something shared, or which; its id is shown to those who may read the job": """
        companies.records.has_active_job heatmaps.regions.*
    """,
    "the shares of words among the newest jobs decide how a search is run, not what it finds": """
        jobs.search._find_rare_words jobs.search.index_statement
    """,
    "read once for all viewers; Viewer.may_see decides for each": "jobs.views.list_changed",
}

GATES = {"get_job", "require_readable", "is_readable", "lock_for_action", "get_detail"}
"""Functions that find out whether the user may read a job."""
PARTS = {
    "list_errors",
    "list_after",
    "list_events",
    "list_rejected_rows",
    "find_layout",
    "list_newest",
    "group_items",
    "list_item_ids",
}
"""Functions that return parts of a job to whoever asks."""


@dataclass(frozen=True)
class Statement:
    place: str
    """Module below app/db, and function or constant."""
    text: str
    """The SQL, with the expressions of an f-string in braces."""
    tables: frozenset[str]
    """The private tables in it."""


JOBS_OF_A_CONSTANT = r"\{(?:ALL_JOBS|ARCHIVED_JOBS|filters\.table)\}"
"""Jobs, archived or not, where a statement has a constant for them."""


def named_tables() -> set[str]:
    """Tables whose rows name a user or a job, or what does so."""
    return {
        table.name
        for table in SQLModel.metadata.tables.values()
        if OWNERS & {column.name for column in table.columns}
        or any(key.target_fullname in ("users.id", "jobs.id") for key in table.foreign_keys)
    }


def statements(source: Source, tables: set[str]) -> Iterator[Statement]:
    named = rf"(?:{'|'.join(sorted(tables))})\b|{JOBS_OF_A_CONSTANT}"
    pattern = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(?:ONLY\s+)?({named})")
    module = ".".join(source.path.with_suffix("").parts[2:])
    for node in source.tree.body:
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        name = getattr(node, "name", None) or (ast.unparse(targets[0]) if targets[0] else "")
        formatted = [part for part in ast.walk(node) if isinstance(part, ast.JoinedStr)]
        inner = {id(part) for whole in formatted for part in ast.walk(whole)}
        plain = [part for part in ast.walk(node) if isinstance(part, ast.Constant) and id(part) not in inner]
        texts = [part.value for part in plain if isinstance(part.value, str)] + [ast.unparse(f)[1:] for f in formatted]
        for text in texts:
            if found := pattern.findall(text):
                yield Statement(f"{module}.{name}", text, frozenset(found))


def is_exempt(place: str) -> bool:
    return any(matches(place, pattern) for names in EXEMPT.values() for pattern in names.split())


def matches(place: str, pattern: str) -> bool:
    return place == pattern or (pattern.endswith("*") and place.startswith(pattern[:-1]))


PRIVATE = named_tables() - SHARED.keys()
STATEMENTS = [statement for source in sources("app/db") for statement in statements(source, PRIVATE)]


def test_every_table_that_names_a_user_or_a_job_is_private_or_shared_for_a_reason() -> None:
    assert SHARED.keys() <= named_tables()
    assert {"jobs", "uploads", "schedules", "webhook_endpoints", "api_keys", "job_errors", "geocoded_rows"} <= PRIVATE


def test_every_statement_names_the_owner() -> None:
    missing = sorted(
        {
            f"{statement.place} reads or changes {', '.join(sorted(statement.tables))}"
            for statement in STATEMENTS
            if not OWNER_CONDITION.search(statement.text) and not is_exempt(statement.place)
        }
    )
    assert not missing, "add a condition on the owner, or exempt it with a reason:\n" + "\n".join(missing)


def test_no_exemption_is_unused() -> None:
    without = {statement.place for statement in STATEMENTS if not OWNER_CONDITION.search(statement.text)}
    patterns = [pattern for names in EXEMPT.values() for pattern in names.split()]
    assert [pattern for pattern in patterns if not any(matches(place, pattern) for place in without)] == []


@pytest.mark.parametrize(
    ("condition", "is_owner"),
    [
        ("SELECT FROM jobs WHERE created_by = $1", True),
        ("SELECT FROM jobs AS j WHERE {MAY_READ}", True),
        ("SELECT created_by FROM jobs WHERE id = $1", False),
        ("DELETE FROM uploads WHERE id = $1 RETURNING created_by", False),
    ],
)
def test_what_counts_as_a_condition(condition: str, is_owner: bool) -> None:
    assert bool(OWNER_CONDITION.search(condition)) is is_owner


def test_parts_of_jobs_are_for_those_who_may_read_the_job() -> None:
    """Every function of the API that calls one of PARTS also calls one of GATES, or a function that does."""
    callers = []
    for source in sources("app/web"):
        called_by = {
            function.name: {
                ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(function) if isinstance(node, ast.Call)
            }
            for function in source.tree.body
            if isinstance(function, ast.AsyncFunctionDef)
        }
        for name, called in called_by.items():
            if not called & PARTS:
                continue
            direct = {other for other, calls in called_by.items() if name in calls}
            around = [called, *(called_by[other] for other in direct)]
            callers.append((str(source.path), name, any(calls & GATES for calls in around)))
    assert len(callers) >= 5
    assert [caller[:2] for caller in callers if not caller[2]] == []
