"""Pages of companies' sites: a new version whenever the text of a page changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.companies.source_texts import insert_texts
from app.db.core.pool import Connection
from app.domain.text.storable import storable


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A page as it was when it was fetched."""

    url: str
    title: str
    text: str
    fetched_at: datetime


async def list_latest_versions(conn: Connection, company_id: UUID) -> dict[str, PageVersion]:
    """Return the newest stored version of each page of a company, by URL."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (v.url) v.url, v.title, t.text, v.fetched_at
           FROM page_versions AS v JOIN source_texts AS t USING (sha256)
           WHERE v.company_id = $1 ORDER BY v.url, v.id DESC""",
        company_id,
    )
    return {row["url"]: PageVersion(**row) for row in rows}


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
