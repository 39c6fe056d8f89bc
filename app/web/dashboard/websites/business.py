"""The page of one business: the state of its website with evidence, and each contact with where it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import records as jobs
from app.db.websites.businesses import get_business
from app.db.websites.contacts import StoredContact, list_contacts
from app.db.websites.validations import list_validations
from app.domain.text.json_guard import load_stored_object
from app.domain.vocabulary.websites import ContactKind
from app.errors import NotFound
from app.web.dashboard.core import html
from app.web.dashboard.core.formatting import humanize, timestamp
from app.web.dashboard.core.record_jobs import list_jobs
from app.web.dashboard.core.results import format_value
from app.web.dashboard.websites.table import PAGE, STATUS
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform
from app.web.websites import presenters
from app.web.websites.presenters import Evidence

MAX_VALIDATIONS = 10
CONTACT_TITLES = {
    ContactKind.EMAIL: "E-mail addresses",
    ContactKind.SOCIAL: "Profiles",
    ContactKind.PHONE: "Phone numbers",
}
EVIDENCE_LABELS = {
    "finalUrl": "Final address",
    "httpStatus": "HTTP status",
    "detail": "Explanation",
    "responseMs": "Answered in (ms)",
    "certificateExpiresAt": "Certificate valid until",
    "needsScripts": "Needs scripts",
    "truncated": "Cut off",
    "fetchedAt": "Fetched",
}
"""Labels of evidence that its name does not explain."""
METHODS = {
    "mailto": "a link",
    "tel": "a link",
    "link": "a link",
    "json_ld": "structured data",
    "text": "the text",
    "obfuscated": "the text, disguised",
}
"""How a contact was found, in words."""
DETAIL_LABELS = {"isRole": "Shared mailbox", "sameDomain": "On the domain of the website"}
"""Labels of what contacts have that their name does not explain."""
COMMON_FIELDS = {"confidence", "evidence", "firstSeenAt", "seenAt"}


@dataclass(frozen=True)
class ContactView:
    """A contact as the page shows it."""

    kind: str
    value: str
    confidence: float
    details: str
    """What only this kind of contact has, in one line."""
    evidence: list[Evidence]
    contact: StoredContact


async def show(request: Request) -> Response:
    """Show a business. Raises NotFound."""
    user: User = request.state.user
    business_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        business = await get_business(conn, business_id)
        if business is None:
            raise NotFound("Business not found. It was deleted or merged since.")
        contacts = await list_contacts(conn, business_id)
        validations = await list_validations(conn, business_id, limit=MAX_VALIDATIONS)
        readable = await jobs.list_readable(conn, [entry.job_id for entry in validations.rows], reader_id(user))
        related = await list_jobs(conn, user, [{"businessId": str(business_id)}])
    return html.page(
        request,
        "business.html",
        page=PAGE,
        business=business,
        contacts=group_contacts(contacts),
        titles=CONTACT_TITLES,
        evidence=evidence_facts(load_stored_object(business.website_evidence or "{}")),
        validations=validations.rows,
        more_validations=validations.total.count - len(validations.rows),
        readable=readable,
        related=related,
        statuses=STATUS,
        methods=METHODS,
    )


def evidence_facts(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a validation found as labels and texts, without what it did not find."""
    return [
        (EVIDENCE_LABELS.get(name, humanize(name)), _evidence_text(name, value))
        for name, value in evidence.items()
        if value not in (None, "", [], {}, False)
    ]


def _evidence_text(name: str, value: Any) -> str:
    if isinstance(value, str) and name.endswith("At"):
        try:
            return timestamp(datetime.fromisoformat(value))
        except ValueError:
            return value
    return format_value(value, name)


def group_contacts(contacts: list[StoredContact]) -> dict[ContactKind, list[ContactView]]:
    """Return the contacts by kind, highest confidence first."""
    lists = presenters.contact_lists(contacts)
    return {
        ContactKind(kind): [
            _contact_view(contact, fields, value_name)
            for contact, fields in zip(
                (contact for contact in contacts if contact.kind == kind), lists[list_name], strict=True
            )
        ]
        for kind, list_name, value_name in presenters.CONTACT_LISTS
    }


def _contact_view(contact: StoredContact, fields: Mapping[str, Any], value_name: str) -> ContactView:
    details = [
        DETAIL_LABELS.get(name, humanize(name)) if value is True else f"{humanize(name)}: {format_value(value, name)}"
        for name, value in fields.items()
        if name not in COMMON_FIELDS and name != value_name and value not in (None, "", [], {}, False)
    ]
    return ContactView(
        contact.kind, contact.value, contact.confidence, " · ".join(details), fields["evidence"], contact
    )
