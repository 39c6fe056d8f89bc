"""`trigpoint doctor`: check a whole installation."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli import output
from app.cli.databases import uploads_url_of
from app.cli.diagnosis.findings import Finding, Level, problem
from app.cli.options import URL, AsJson, Url
from app.cli.up import DATA_DIR, DataDir
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.settings import Settings


def doctor(
    url: Url = URL,
    data_dir: DataDir = DATA_DIR,
    all_findings: Annotated[bool, typer.Option("--all", help="Show also what is fine.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check settings, database, Redis, uploads, workers, queues and API, and say what to fix.

    Reads the same variables as the API and the workers; without DATABASE_URL and REDIS_URL, it checks the `trigpoint
    up` that runs on the data folder. Changes nothing. Exit code 0: no problem, 1: at least one.
    """
    found = _settings_findings(url, data_dir)
    problems = sum(finding.level is Level.PROBLEM for finding in found)
    if as_json:
        output.print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            if all_findings or finding.level is not Level.OK:
                typer.echo(f"{finding.level:<8} {finding.area:<9} {finding.text}")
        notes = sum(finding.level is Level.NOTE for finding in found)
        typer.echo(f"{len(found)} checks: {problems} problems, {notes} notes")
    if problems:
        raise typer.Exit(output.FAILED)


def _settings_findings(url: str, data_dir: Path) -> list[Finding]:
    from app.settings import load
    from app.variables import InvalidSettings

    _use_embedded(data_dir)
    try:
        settings = load()
    except InvalidSettings as error:
        return [problem("settings", line) for line in error.problems]
    return output.run(_check(settings, url))


async def _check(settings: Settings, url: str) -> list[Finding]:
    from app import logs
    from app.cli.diagnosis import database, others

    logs.configure("ERROR", json=False)  # what the checks find is said here
    return [
        *others.of_settings(settings),
        *await database.check(settings),
        *await others.of_redis(settings),
        *await others.of_uploads(settings.uploads_url),
        *await others.of_api(url),
        *others.of_machine(),
    ]


def _use_embedded(data_dir: Path) -> None:
    """Set the variables that `trigpoint up` sets for its processes, where they are missing."""
    postgres, valkey = EmbeddedPostgres(data_dir / "postgres"), EmbeddedValkey(data_dir / "valkey")
    if "DATABASE_URL" not in os.environ and postgres.attach():
        os.environ["DATABASE_URL"] = postgres.dsn
        os.environ.setdefault("REDIS_URL", valkey.url)
        os.environ.setdefault("TRIGPOINT_UPLOADS_URL", uploads_url_of(None, data_dir))
