"""API JSON of businesses, their contacts, validations and jobs, and of exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from app.db.websites.business_jobs import BusinessJob
from app.db.websites.business_upserts import BusinessUpsert
from app.db.websites.businesses import Business
from app.db.websites.contacts import StoredContact
from app.db.websites.exclusions import Exclusion
from app.db.websites.validations import Validation

CONTACT_LISTS = (("email", "emails", "address"), ("social", "socials", "url"), ("phone", "phones", "number"))
"""Kind of contact, the field of a business that lists them, and the field of a contact that holds the value."""


def business(business: Business) -> dict[str, Any]:
    """Present a business without its contacts."""
    evidence = business.website_evidence
    return {
        "id": business.id,
        "source": business.source,
        "placeId": business.place_id,
        "externalId": business.external_id,
        "name": business.name,
        "website": business.website,
        "domain": business.domain,
        "phone": business.phone,
        "category": business.category,
        "address": business.address,
        "city": business.city,
        "state": business.state,
        "zipCode": business.zip_code,
        "country": business.country,
        "latitude": business.latitude,
        "longitude": business.longitude,
        "attribution": business.attribution,
        "excluded": business.excluded_by is not None,
        "websiteStatus": business.website_status,
        "websiteCheckedAt": business.website_checked_at,
        "websiteEvidence": orjson.Fragment(evidence) if evidence else None,
        "createdAt": business.created_at,
        "updatedAt": business.updated_at,
    }


def contact_lists(contacts: Sequence[StoredContact]) -> dict[str, list[dict[str, Any]]]:
    """Present contacts grouped by kind: `{"emails": […], "socials": […], "phones": […]}`."""
    return {
        list_name: [_contact(contact, value_name) for contact in contacts if contact.kind == kind]
        for kind, list_name, value_name in CONTACT_LISTS
    }


def _contact(contact: StoredContact, value_name: str) -> dict[str, Any]:
    return {
        value_name: contact.value,
        "confidence": contact.confidence,
        **orjson.loads(contact.detail),
        "evidence": orjson.Fragment(contact.evidence),
        "firstSeenAt": contact.first_seen_at,
        "seenAt": contact.seen_at,
    }


def validation(validation: Validation) -> dict[str, Any]:
    """Present one validation of a website."""
    return {
        "at": validation.at,
        "jobId": validation.job_id,
        "websiteStatus": validation.status,
        "evidence": orjson.Fragment(validation.evidence),
    }


def upsert_results(results: Iterable[BusinessUpsert], jobs: Iterable[BusinessJob]) -> list[dict[str, Any]]:
    """Present what became of submitted businesses, each with its own jobs."""
    jobs_by_business: dict[UUID, list[dict[str, Any]]] = {}
    for job in jobs:
        entry = {"jobId": job.id, "type": job.kind, "isNew": job.is_new}
        jobs_by_business.setdefault(job.business_id, []).append(entry)
    return [
        {
            "id": result.id,
            "isNew": result.is_new,
            "excluded": result.is_excluded,
            "jobs": jobs_by_business.get(result.id, []),
        }
        for result in results
    ]


def exclusion(exclusion: Exclusion) -> dict[str, Any]:
    """Present an entry of the exclusion list."""
    return {
        "id": exclusion.id,
        "by": exclusion.by,
        "value": exclusion.value,
        "reason": exclusion.reason,
        "createdAt": exclusion.created_at,
    }
