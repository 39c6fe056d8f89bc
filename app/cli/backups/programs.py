"""PostgreSQL's own programs: those of the embedded PostgreSQL, or of the machine."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence

from app.domain.text.libpq import libpq_environment
from app.embedded.postgres import binary
from app.embedded.server import ServerFailed, launch


class ProgramFailed(Exception):
    """A program ended with an error, or does not exist. The message is its own."""


def find(name: str) -> str:
    """Return the path of a program. Raises ProgramFailed."""
    try:
        return str(binary(name))
    except ServerFailed:
        found = shutil.which(name)
    if not found:
        raise ProgramFailed(f"{name} is not installed on this machine: install the client programs of PostgreSQL")
    return found


def command(name: str, *arguments: str) -> Sequence[str]:
    """Return the command that runs a program which ends with this process."""
    return launch([find(name), *arguments], on_parent_death=signal.SIGTERM)


def environment(dsn: str) -> dict[str, str]:
    """Return the environment in which programs connect to the database, whatever the caller's PG variables say."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **libpq_environment(dsn), "PGAPPNAME": "pg_dump"}


def failure(name: str, errors: bytes) -> ProgramFailed:
    """Return the error of a program, with the end of what it said."""
    said = errors.decode(errors="replace").strip()[-1000:]
    return ProgramFailed(f"{name} failed: {said or 'it said nothing'}")
