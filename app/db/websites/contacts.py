"""The contacts that were found on the websites of businesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import NO_WAIT, Connection


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to store; the same value and kind exists once per business."""

    kind: str
    value: str
    confidence: float
    """Between 0 and 1."""
    detail: str
    """JSON text of an object: what only this kind of contact has."""
    evidence: str
    """JSON text of a list: the pages that show it."""


@dataclass(frozen=True, slots=True)
class StoredContact(NewContact):
    first_seen_at: datetime
    seen_at: datetime


async def list_contacts(conn: Connection, business_id: UUID) -> list[StoredContact]:
    """Return the contacts of a business by kind, highest confidence first."""
    rows = await conn.fetch(
        """SELECT kind, value, confidence, detail, evidence, first_seen_at, seen_at FROM business_contacts
           WHERE business_id = $1 ORDER BY kind, confidence DESC, value""",
        business_id,
    )
    return [StoredContact(**row) for row in rows]


async def replace_contacts(
    conn: Connection, business_id: UUID, kinds: Sequence[str], contacts: Sequence[NewContact]
) -> None:
    """Replace the contacts of these kinds; a contact that was there before keeps its `first_seen_at`.

    The commit does not wait for the disk: the outcome of the job, which follows, does so for both.
    """
    await conn.execute(
        f"""WITH found AS (
               SELECT * FROM unnest($3::text[], $4::text[], $5::float8[], $6::jsonb[], $7::jsonb[])
                   AS f (kind, value, confidence, detail, evidence)
           ), gone AS (
               DELETE FROM business_contacts AS c WHERE business_id = $1 AND kind = ANY($2)
               AND NOT EXISTS (SELECT FROM found AS f WHERE f.kind = c.kind AND f.value = c.value)
           )
           INSERT INTO business_contacts (business_id, kind, value, confidence, detail, evidence)
           SELECT $1, found.* FROM found, {NO_WAIT}
           ON CONFLICT (business_id, kind, value) DO UPDATE SET confidence = excluded.confidence,
               detail = excluded.detail, evidence = excluded.evidence, seen_at = now()""",
        business_id,
        kinds,
        [contact.kind for contact in contacts],
        [contact.value for contact in contacts],
        [contact.confidence for contact in contacts],
        [contact.detail for contact in contacts],
        [contact.evidence for contact in contacts],
    )
