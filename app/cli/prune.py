"""`trigpoint prune`: archive and delete what is older than its period."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.databases import running_database
from app.cli.options import AsJson, DatabaseUrl
from app.cli.output import Json
from app.cli.up import DATA_DIR, DataDir

if TYPE_CHECKING:
    from app.db.core.pool import Pool


def prune(
    database_url: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what is there and what is due.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Archive finished jobs, and delete what is older than its period, as the workers do every hour.

    Shows what is due, and asks. The periods are TRIGPOINT_RETENTION__<KIND> in days; 0 keeps the kind for ever.
    """
    from app.settings import load_retention
    from app.variables import InvalidSettings

    try:
        periods = load_retention()
    except InvalidSettings as error:
        output.fail(str(error))
    with running_database(database_url, data_dir) as dsn:
        found = output.run(_list(dsn, periods))
        _print(found, as_json)
        due = sum(row["due"] or 0 for row in found)
        if dry_run:
            return
        if due and not yes:
            _confirm(due)
        done = output.run(_apply(dsn, periods))
    typer.echo(f"Archived or deleted: {_rows(sum(done.values()))}", err=as_json)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _confirm(due: int) -> None:
    if not sys.stdin.isatty():
        output.fail("Nothing was changed. Pass --yes to archive and delete what is due.")
    if not typer.confirm(f"Archive or delete {_rows(due)}? What is deleted cannot be restored.", err=True):
        output.fail("Nothing was changed.")


def _print(found: list[Json], as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    columns = ("kind", "kept", "due", "rows", "size", "what")
    rows = [
        (row["kind"], _period(row["days"]), _count(row["due"]), f"~{row['rows']:,}", _size(row["size"]), row["what"])
        for row in found
    ]
    output.console().print(output.table(columns, rows))


@asynccontextmanager
async def _open_pool(dsn: str) -> AsyncIterator[Pool]:
    from app.db.core.connect import Timeouts, open_pool

    pool = await open_pool(dsn, size=2, name="trigpoint prune", timeouts=Timeouts(10, 300, 60, 600))
    try:
        yield pool
    finally:
        await pool.close()


async def _apply(dsn: str, periods: dict[str, float]) -> dict[str, int]:
    from app.db.jobs import retention

    async with _open_pool(dsn) as pool:
        return await retention.apply(pool, periods)


async def _list(dsn: str, periods: dict[str, float]) -> list[Json]:
    from app.db.jobs import retention

    async with _open_pool(dsn) as pool, pool.acquire() as conn:
        found = await retention.list_holdings(conn, periods)
    return [
        {
            "kind": holding.retention.name,
            "days": holding.days,
            "due": holding.due,
            "rows": holding.rows,
            "size": holding.size,
            "what": holding.retention.what,
        }
        for holding in found
    ]


def _period(days: float) -> str:
    return f"{days:g} days" if days else "for ever"


def _count(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
