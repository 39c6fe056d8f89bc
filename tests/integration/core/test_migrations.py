"""Migrations run up and down, and produce the declared tables."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint

from app.db.core.migrate import create_engine, downgrade, upgrade
from app.db.tables import metadata


async def tables(dsn: str) -> set[str]:
    conn = await asyncpg.connect(dsn)
    rows = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await conn.close()
    return {row["tablename"] for row in rows}


async def test_migrations_equal_the_tables(database_url: str) -> None:
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts=options), metadata)
        )
        live = await connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        checks = {name for (name,) in live}
    await engine.dispose()
    assert differences == []
    declared = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert declared <= checks, "autogenerate does not see CHECKs"


async def test_down_and_up_again(database_url: str) -> None:
    before = await tables(database_url)
    await asyncio.to_thread(downgrade, database_url, "base")
    assert await tables(database_url) == {"alembic_version"}
    await asyncio.to_thread(upgrade, database_url)
    assert await tables(database_url) == before
