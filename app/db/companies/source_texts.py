"""Texts that reports, signals and page versions were read from, each stored once under its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from app.db.core.pool import Connection
from app.domain.text.storable import storable


async def insert_texts(conn: Connection, texts: Iterable[str]) -> list[bytes]:
    """Store texts that are not stored yet; return the SHA-256 of each in UTF-8, in order."""
    stored = [storable(text) for text in texts]
    digests = [sha256(text.encode()).digest() for text in stored]
    await conn.execute(
        """INSERT INTO source_texts (sha256, text) SELECT DISTINCT ON (sha256) sha256, text
           FROM unnest($1::bytea[], $2::text[]) AS new (sha256, text) ORDER BY sha256 ON CONFLICT DO NOTHING""",
        digests,
        stored,
    )
    return digests
