"""The first administrator of an installation."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

AdminKey = Annotated[
    str | None,
    typer.Option(
        envvar="TRIGPOINT_ADMIN_KEY",
        help="API key of the first administrator. Generated and shown once if not given.",
        show_default=False,
    ),
]


def ensure(dsn: str, key: str | None) -> str | None:
    """Ensure that the migrated database has an administrator. Returns a new key if one had to be created.

    The administrator gets `key` if given. Raises ValueError if that key is not acceptable.
    """
    return asyncio.run(_ensure(dsn, key))


def show(key: str) -> None:
    typer.echo(f"admin key {key} (store it now: it is not shown again)")


async def _ensure(dsn: str, key: str | None) -> str | None:
    from app.db.accounts import admins
    from app.db.core.connect import connect

    connection = await connect(dsn, name="trigpoint migrate")
    try:
        async with connection.transaction():
            return await admins.ensure_admin(connection, key)
    finally:
        await connection.close()
