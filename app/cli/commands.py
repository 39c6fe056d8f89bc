"""All commands of `trigpoint` on one screen."""

from __future__ import annotations

import os

import typer

from app.cli import (
    api,
    backup,
    businesses,
    cities,
    company_lists,
    control,
    db,
    demo,
    doctor,
    erase,
    examples,
    geocode,
    geocode_file,
    geocoders,
    health,
    heatmap,
    households,
    imports,
    jobs,
    keys,
    mappings,
    migrate,
    openapi,
    process,
    prune,
    queues,
    reference,
    release,
    research,
    schedules,
    up,
    uploads,
    worker,
    workers,
)
from app.secret_files import read_secret_files
from app.variables import InvalidSettings

EPILOG = """
**Start here**: `trigpoint demo` shows everything at once; `trigpoint up` keeps a platform running and prints its
address and, the first time, an administrator's key.

    export TRIGPOINT_URL=http://127.0.0.1:8000 TRIGPOINT_API_KEY=tp_…
    trigpoint households load people.csv
    trigpoint import voters ncvoter60.zip --watch
    trigpoint reference import address_points.csv --watch
    trigpoint geocode --state CA --watch
    trigpoint businesses import accounts.csv --watch
    trigpoint geocode-file addresses.csv --out geocoded.csv
    trigpoint heatmap schedule --city cancun --watch
    trigpoint jobs list --status failed

**Environment**: `TRIGPOINT_URL` and `TRIGPOINT_API_KEY` say which platform to talk to, and as whom. `DATABASE_URL` and
`REDIS_URL` name servers of your own; without them `up` brings its own along. `TRIGPOINT_ADMIN_KEY` is the first
administrator's key, `TRIGPOINT_GEOCODERS` the order of the geocoders.
`DATABASE_URL_FILE`, like that of every secret, names a file with it. README.md has the rest.

**Exit codes**: 0 done · 1 the job or the request failed · 2 wrong usage · 3 the platform cannot be reached · 4 the key
was refused (401, 403).
"""

app = typer.Typer(
    name="trigpoint",
    help="Trigpoint: a job platform on Postgres and arq. Jobs finish even if any process is killed.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(demo.demo)
app.command("up")(up.up)
app.command("api")(api.api)
app.command("worker")(worker.worker)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("prune")(prune.prune)
app.command("erase")(erase.erase)
app.command("doctor")(doctor.doctor)
app.command("health")(health.health)
app.command("examples")(examples.examples)
app.command("openapi")(openapi.openapi)
app.command("geocode")(geocode.geocode)
app.command("geocode-file")(geocode_file.geocode_file)
app.command("geocoders")(geocoders.geocoders)
jobs.app.command("cancel")(control.cancel)
jobs.app.command("retry")(control.retry)
jobs.app.command("delete")(control.delete)
jobs.app.command("bulk")(control.bulk)
jobs.app.command("release")(release.release)
jobs.app.command("process")(process.process)
app.add_typer(jobs.app, name="jobs")
app.add_typer(queues.app, name="queues")
app.add_typer(schedules.app, name="schedules")
app.add_typer(workers.app, name="workers")
app.add_typer(households.app, name="households")
app.add_typer(imports.app, name="import")
app.add_typer(imports.app, name="imports", hidden=True)
app.add_typer(businesses.app, name="businesses")
app.add_typer(company_lists.app, name="companies")
app.add_typer(research.app, name="research")
app.add_typer(cities.app, name="cities")
app.add_typer(heatmap.app, name="heatmap")
app.add_typer(keys.app, name="keys")
app.add_typer(mappings.app, name="mappings")
app.add_typer(uploads.app, name="uploads")
app.add_typer(reference.app, name="reference")
app.add_typer(migrate.app, name="migrate")
app.add_typer(db.app, name="db")


def main() -> None:
    """Run the command line. Secrets in files are read first, because options take their defaults from variables."""
    try:
        read_secret_files(os.environ)
    except InvalidSettings as error:
        raise SystemExit(str(error)) from None
    app()
