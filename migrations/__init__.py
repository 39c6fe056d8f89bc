"""Alembic migrations, one concern a file."""
