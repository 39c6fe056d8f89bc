"""`trigpoint prune`: archive and delete what is older than its period."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import output
from app.cli.databases import running_database
from app.cli.options import AsJson, DatabaseUrl
from app.cli.output import Json
from app.cli.up import DATA_DIR, DataDir


def prune(
    database_url: DatabaseUrl = None,
    data_dir: DataDir = DATA_DIR,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what is there and what is due.")] = False,
    as_json: AsJson = False,
) -> None:
    """Archive finished jobs, and delete what is older than its period, as the workers do every hour.

    The periods are TRIGPOINT_RETENTION__<KIND> in days; 0 keeps the kind for ever.
    """
    from app.settings import load_retention
    from app.variables import InvalidSettings

    try:
        periods = load_retention()
    except InvalidSettings as error:
        output.fail(str(error))
    with running_database(database_url, data_dir) as dsn:
        found = output.run(_prune(dsn, periods, dry_run))
    if as_json:
        output.print_json(found)
        return
    columns = ("kind", "kept", "due", "rows", "size", "what")
    rows = [
        (row["kind"], _period(row["days"]), _count(row["due"]), f"~{row['rows']:,}", _size(row["size"]), row["what"])
        for row in found
    ]
    output.console().print(output.table(columns, rows))
    if not dry_run:
        typer.echo(f"{sum(row['due'] or 0 for row in found):,} rows were due and are archived or deleted")


async def _prune(dsn: str, periods: dict[str, float], dry_run: bool) -> list[Json]:
    from app.db.core.connect import Timeouts, open_pool
    from app.db.jobs import retention

    pool = await open_pool(dsn, size=2, name="trigpoint prune", timeouts=Timeouts(10, 300, 60, 600))
    try:
        async with pool.acquire() as conn:
            found = await retention.list_holdings(conn, periods)
        if not dry_run:
            await retention.apply(pool, periods)
    finally:
        await pool.close()
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
