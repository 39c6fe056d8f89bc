"""Pages of companies' sites: a new version whenever the text of a page changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.companies.source_texts import insert_texts
from app.db.core.pool import Connection
from app.domain.text.storable import storable

MAX_VERSIONS = 12
"""Versions of a page with which a new one is compared."""


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A page as it was when it was fetched."""

    url: str
    title: str
    text: str
    fetched_at: datetime


async def list_texts(conn: Connection, company_id: UUID) -> dict[str, list[str]]:
    """Return the texts of the pages of a company by URL, of each the newest MAX_VERSIONS, newest first."""
    rows = await conn.fetch(
        """SELECT v.url, t.text FROM (
               SELECT url, sha256, id, row_number() OVER (PARTITION BY url ORDER BY id DESC) AS number
               FROM page_versions WHERE company_id = $1
           ) AS v JOIN source_texts AS t USING (sha256) WHERE v.number <= $2 ORDER BY v.url, v.id DESC""",
        company_id,
        MAX_VERSIONS,
    )
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row["url"], []).append(row["text"])
    return texts


async def insert_versions(conn: Connection, company_id: UUID, pages: Sequence[PageVersion]) -> None:
    """Store the pages whose text differs from that of their newest version."""
    digests = await insert_texts(conn, [page.text for page in pages])
    await conn.execute(
        """INSERT INTO page_versions (company_id, url, title, sha256, fetched_at)
           SELECT $1, new.url, new.title, new.sha256, new.fetched_at
           FROM unnest($2::text[], $3::text[], $4::bytea[], $5::timestamptz[]) AS new (url, title, sha256, fetched_at)
           WHERE new.sha256 IS DISTINCT FROM (
               SELECT v.sha256 FROM page_versions AS v WHERE v.company_id = $1 AND v.url = new.url
               ORDER BY v.id DESC LIMIT 1)""",
        company_id,
        [page.url for page in pages],
        [storable(page.title) for page in pages],
        digests,
        [page.fetched_at for page in pages],
    )
