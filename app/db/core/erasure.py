"""Erase what is stored of a person, in every table: rows about people are deleted, and other texts lose the person.

Every table with text has a rule here, and a test holds the rules to the schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from hashlib import sha256
from uuid import UUID

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text
from sqlmodel import SQLModel

import app.db.tables  # noqa: F401  # registers the tables
from app.db.core import audit
from app.db.core.conditions import escape_like
from app.db.core.pool import Connection

ERASED = "[erased]"
MIN_CHARACTERS = 5


class Rule(Enum):
    """What happens to the rows of a table in which the person occurs."""

    DELETE_ROW = "the row is about the person"
    REPLACE = "the text goes on without the person"
    EMPTY = "a cache, whose compressed content is not searched: it is emptied"
    KEEP = "has no text about people, or names them only as users"


RULES: dict[Rule, tuple[str, ...]] = {
    Rule.DELETE_ROW: (
        "voters", "households", "household_doubts", "import_changes", "import_rejects", "import_seen", "geocoded_rows",
        "geocode_cache", "business_contacts", "company_candidates", "team_channels", "business_exclusions",
        "lead_scores", "signals",
    ),
    Rule.REPLACE: (
        "archived_jobs", "audit_log", "businesses", "column_mappings", "companies", "company_fields", "import_runs",
        "job_errors", "job_events", "jobs", "page_versions", "parcels", "pois", "research_reports", "research_sections",
        "research_sources", "schedules", "source_texts", "teams", "uploads", "users", "website_checks",
        "reference_sources", "api_keys",
    ),
    Rule.EMPTY: ("web_pages", "idempotency_keys"),
    Rule.KEEP: (
        "cities", "delivery_slots", "delivery_targets", "geocode_claims", "geocoder_states", "heat_regions",
        "household_reviews", "llm_calls", "poi_tiles", "queues", "reference_coverage", "reference_points",
        "reference_streets", "web_hosts", "webhook_endpoints", "workers",
    ),
}  # fmt: skip
NOT_REPLACED = {"action", "kind", "queue", "status", "model", "method", "role", "cron", "timezone", "key", "sha256"}
"""Columns with words of the platform."""
CLOSED_SETS = {"scopes", "signals"}
"""Lists of words of the platform."""
NAMES = {"voters": ("concat_ws(' ', t.first_name, t.last_name)", "concat_ws(', ', t.last_name, t.first_name)",
                    "concat_ws(' ', t.first_name, t.middle_name, t.last_name)")}  # fmt: skip
"""Further texts to look in: names whose parts are in several columns."""


class StillNeeded(Exception):
    """Jobs that have not finished hold the person's data. The message names them."""


def check_values(values: Sequence[str]) -> list[str]:
    """Return the values by which to find a person, without doubles. Raises ValueError for one that is too short."""
    cleaned = list(dict.fromkeys(" ".join(value.split()) for value in values))
    for value in cleaned:
        if len(value) < MIN_CHARACTERS or value.lower() in ("false", "null"):
            raise ValueError(f"{value!r} is too short: it would match other people; use at least {MIN_CHARACTERS}"
                             " characters, such as an e-mail address or a full name")  # fmt: skip
    return cleaned


async def erase(conn: Connection, values: Sequence[str]) -> dict[str, int]:
    """Erase a person who is known by any of these values, within the caller's transaction. Returns the rows by table.

    Upper and lower case are the same. Raises StillNeeded.
    """
    found: dict[str, int] = {}
    for value in values:
        await _refuse_unfinished(conn, value)
        for rule, names in RULES.items():
            for name in names:
                if count := await _erase_from(conn, SQLModel.metadata.tables[name], rule, value):
                    found[name] = found.get(name, 0) + count
    return found


async def record(conn: Connection, values: Sequence[str], rows: dict[str, int], files: int) -> None:
    """Note in the audit log that a person was erased: of the values only their SHA-256."""
    digests = [sha256(value.lower().encode()).hexdigest() for value in values]
    await audit.record(conn, "PERSON_ERASED", {"sha256": digests, "rows": rows, "files": files}, user_id=None)


async def _refuse_unfinished(conn: Connection, value: str) -> None:
    table = SQLModel.metadata.tables["jobs"]
    rows = await conn.fetch(
        f"""SELECT t.id FROM jobs AS t WHERE t.completed_at IS NULL AND {_condition(table, text_columns(table))}
            ORDER BY t.id LIMIT 5""",
        *_patterns(value),
    )
    _refuse([row["id"] for row in rows])


def _refuse(job_ids: Sequence[UUID]) -> None:
    if job_ids:
        ids = ", ".join(map(str, job_ids))
        raise StillNeeded(f"jobs that have not finished hold these data: cancel them, or wait for their end ({ids})")


async def refuse_needed_files(conn: Connection, upload_ids: Sequence[UUID]) -> None:
    """Raise StillNeeded if jobs that have not finished read one of these uploads."""
    rows = await conn.fetch(
        """SELECT id FROM jobs WHERE completed_at IS NULL AND data ->> 'uploadId' = ANY($1) ORDER BY id LIMIT 5""",
        [str(upload_id) for upload_id in upload_ids],
    )
    _refuse([row["id"] for row in rows])


async def _erase_from(conn: Connection, table: Table, rule: Rule, value: str) -> int:
    match rule:
        case Rule.KEEP:
            return 0
        case Rule.EMPTY:
            return _count(await conn.execute(f"DELETE FROM {table.name}"))
        case Rule.DELETE_ROW:
            condition = _condition(table, text_columns(table))
            return _count(await conn.execute(f"DELETE FROM {table.name} AS t WHERE {condition}", *_patterns(value)))
    columns = [name for name in text_columns(table) if name not in NOT_REPLACED]
    assignments = ", ".join(f"{name} = {_replacement(table, name)}" for name in columns)
    return _count(
        await conn.execute(
            f"UPDATE {table.name} AS t SET {assignments} WHERE {_condition(table, columns)}",
            *_patterns(value),
            f"***={value}",
            f"***={_json(value)}",
            _substitute(table.name, value),
        )
    )


def _patterns(value: str) -> tuple[str, str]:
    """Return the patterns for LIKE: of the value, and of the value as JSON writes it."""
    return f"%{escape_like(value)}%", f"%{escape_like(_json(value))}%"


def _condition(table: Table, columns: Sequence[str]) -> str:
    """Return the condition that the value of `_patterns` occurs in one of the columns."""
    texts = [(f"t.{name}::text", "$2") for name in columns if isinstance(table.columns[name].type, JSONB)]
    texts += [(f"array_to_string(t.{name}, E'\\n')", "$1") for name in columns if _is_list(table.columns[name].type)]
    texts += [(f"t.{name}", "$1") for name in columns if isinstance(table.columns[name].type, Text)]
    texts += [(text, "$1") for text in NAMES.get(table.name, ())]
    found = " OR ".join(f"{text} ILIKE {pattern}" for text, pattern in texts)
    return f"($1::text IS NOT NULL AND $2::text IS NOT NULL AND ({found}))"


def text_columns(table: Table) -> list[str]:
    """Return the columns with text, JSON or lists of texts."""
    return [column.name for column in table.columns if _is_text(column.type) and column.name not in CLOSED_SETS]


def _is_text(kind: object) -> bool:
    return isinstance(kind, Text | JSONB) or _is_list(kind)


def _is_list(kind: object) -> bool:
    return isinstance(kind, ARRAY) and isinstance(kind.item_type, Text)


def _replacement(table: Table, name: str) -> str:
    """Return the SQL of a column without the value: $3 is its pattern, $4 that in JSON, and $5 what takes its place."""
    kind = table.columns[name].type
    if isinstance(kind, JSONB):
        changed = f"regexp_replace(t.{name}::text, $4, $5, 'gi')::jsonb"
    elif _is_list(kind):
        changed = f"array(SELECT regexp_replace(part, $3, $5, 'gi') FROM unnest(t.{name}) AS part)"
    else:
        changed = f"regexp_replace(t.{name}, $3, $5, 'gi')"
    used = "$3::text IS NOT NULL AND $4::text IS NOT NULL AND $5::text IS NOT NULL"
    return f"CASE WHEN t.{name} IS NOT NULL AND {used} THEN {changed} END"


def _substitute(table: str, value: str) -> str:
    """Return what takes the place of a value. Quotations of a source begin at a character, so its length stays; a
    number stays one, because JSON may have it without quotes."""
    if value.isdecimal():
        return "9" * len(value)
    return "█" * len(value) if table == "source_texts" else ERASED


def _json(value: str) -> str:
    return re.sub(r"^\"|\"$", "", orjson.dumps(value).decode())


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
