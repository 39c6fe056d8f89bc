"""Businesses, their contacts, validations and jobs, and exclusions as the API returns them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from app.db.websites.business_jobs import BusinessJob
from app.db.websites.business_upserts import BusinessUpsert
from app.db.websites.businesses import Business
from app.db.websites.contacts import StoredContact
from app.db.websites.exclusions import Exclusion
from app.db.websites.validations import Validation
from app.domain.text.json_guard import load_stored, load_stored_object
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.businesses import ExclusionBy
from app.domain.websites.kinds import WebsiteKind
from app.web.http.models import RawObject, ResponseModel, raw_object

CONTACT_LISTS = (("email", "emails", "address"), ("social", "socials", "url"), ("phone", "phones", "number"))
"""Kind of contact, the field of a business that lists them, and the field of a contact that holds the value."""


class BusinessModel(ResponseModel):
    """A business."""

    id: UUID
    source: str
    """Where it comes from: `rest`, `csv`, a provider of places, or the name given to an import."""
    place_id: str | None
    """Its id at the provider of places, such as `google:ChIJ…`."""
    external_id: str | None
    """The sender's own id."""
    name: str
    website: str | None
    domain: str | None
    """The registered domain of the website."""
    phone: str | None
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    latitude: float | None = Field(ge=-90, le=90)
    """Degrees (WGS 84)."""
    longitude: float | None = Field(ge=-180, le=180)
    attribution: str | None
    """What to show with the data, as their provider demands."""
    excluded: bool
    """Whether an exclusion applies to it, so that its website is not visited."""
    website_status: WebsiteStatus | None
    """Null until its website was validated."""
    website_checked_at: datetime | None
    website_evidence: RawObject | None
    """What the last validation found: `finalUrl`, `httpStatus`, `title`, `redirects`, `responseMs` …"""
    created_at: datetime
    updated_at: datetime


class ListedBusinessModel(BusinessModel):
    found: dict[str, int]
    """Number of contacts by kind; kinds without any are left out."""


class Evidence(ResponseModel):
    """One place where a contact was found."""

    page: str
    """The URL of the page."""
    method: str
    """How it was found, such as `mailto`, `json_ld` or `text`."""
    context: str = ""
    """The text around it."""


class ContactModel(ResponseModel):
    """A contact on the website of a business. Kinds of contacts have further members."""

    model_config = ConfigDict(extra="allow")

    confidence: float = Field(ge=0, le=1)
    evidence: list[Evidence]
    first_seen_at: datetime
    seen_at: datetime


class EmailContact(ContactModel):
    address: str


class SocialContact(ContactModel):
    url: str


class PhoneContact(ContactModel):
    number: str


class BusinessDetails(BusinessModel):
    """A business and all its contacts, highest confidence first."""

    emails: list[EmailContact]
    socials: list[SocialContact]
    phones: list[PhoneContact]


class WebsiteCheck(ResponseModel):
    """One validation of a website."""

    at: datetime
    job_id: UUID | None
    """Null for jobs of other users."""
    website_status: WebsiteStatus
    evidence: RawObject


class BusinessJobModel(ResponseModel):
    """A job that visits the website of a business: a new one, or the active one of the same kind."""

    job_id: UUID | None
    """Null if that job belongs to another user."""
    type: WebsiteKind
    is_new: bool


class SubmittedBusiness(ResponseModel):
    """A business of the request, as it was saved."""

    id: UUID
    is_new: bool
    excluded: bool
    """Whether an exclusion applies to it, so that it gets no jobs."""
    jobs: list[BusinessJobModel]
    """Jobs that visit its website, if it is new or changed."""


class StoredBusiness(BusinessModel):
    """A submitted business as it is stored, and its jobs."""

    is_new: bool
    jobs: list[BusinessJobModel]


class ExclusionModel(ResponseModel):
    """An entry of the exclusion list."""

    id: UUID
    by: ExclusionBy
    """The field of businesses that is compared with the value."""
    value: str
    reason: str | None
    created_at: datetime


def business_fields(business: Business) -> dict[str, Any]:
    """Return the fields of a `BusinessModel`."""
    evidence = business.website_evidence
    return {
        "id": business.id,
        "source": business.source,
        "place_id": business.place_id,
        "external_id": business.external_id,
        "name": business.name,
        "website": business.website,
        "domain": business.domain,
        "phone": business.phone,
        "category": business.category,
        "address": business.address,
        "city": business.city,
        "state": business.state,
        "zip_code": business.zip_code,
        "country": business.country,
        "latitude": business.latitude,
        "longitude": business.longitude,
        "attribution": business.attribution,
        "excluded": business.excluded_by is not None,
        "website_status": business.website_status,
        "website_checked_at": business.website_checked_at,
        "website_evidence": raw_object(evidence) if evidence else None,
        "created_at": business.created_at,
        "updated_at": business.updated_at,
    }


def contact_lists(contacts: Sequence[StoredContact]) -> dict[str, Any]:
    """Return contacts grouped by kind: the lists of `BusinessDetails`."""
    return {
        list_name: [_contact(contact, value_name) for contact in contacts if contact.kind == kind]
        for kind, list_name, value_name in CONTACT_LISTS
    }


def _contact(contact: StoredContact, value_name: str) -> dict[str, Any]:
    return {
        value_name: contact.value,
        "confidence": contact.confidence,
        **load_stored_object(contact.detail),
        "evidence": _evidence(contact),
        "firstSeenAt": contact.first_seen_at,
        "seenAt": contact.seen_at,
    }


def _evidence(contact: StoredContact) -> list[Evidence]:
    """Return where a contact was found, without entries that cannot be read: they must not hide the business."""
    try:
        return TypeAdapter(list[Evidence]).validate_python(load_stored(contact.evidence))
    except ValidationError:
        return []


def present_validation(validation: Validation, readable_jobs: Collection[UUID]) -> WebsiteCheck:
    """Return one validation of a website, with its job if that is one of `readable_jobs`."""
    return WebsiteCheck(
        at=validation.at,
        job_id=validation.job_id if validation.job_id in readable_jobs else None,
        website_status=WebsiteStatus(validation.status),
        evidence=raw_object(validation.evidence),
    )


def present_submitted(results: Iterable[BusinessUpsert], jobs: Iterable[BusinessJob]) -> list[SubmittedBusiness]:
    """Return what became of submitted businesses, each with its own jobs."""
    jobs_by_business: dict[UUID, list[BusinessJobModel]] = {}
    for job in jobs:
        jobs_by_business.setdefault(job.business_id, []).append(present_business_job(job))
    return [
        SubmittedBusiness(
            id=result.id,
            is_new=result.is_new,
            excluded=result.is_excluded,
            jobs=jobs_by_business.get(result.id, []),
        )
        for result in results
    ]


def present_business_job(job: BusinessJob) -> BusinessJobModel:
    return BusinessJobModel(job_id=job.id, type=job.kind, is_new=job.is_new)


def present_stored(business: Business, submitted: SubmittedBusiness) -> StoredBusiness:
    """Return a business as it is stored, with what became of it."""
    return StoredBusiness(**business_fields(business), is_new=submitted.is_new, jobs=submitted.jobs)


def present_exclusion(exclusion: Exclusion) -> ExclusionModel:
    """Return an entry of the exclusion list."""
    return ExclusionModel(
        id=exclusion.id,
        by=ExclusionBy(exclusion.by),
        value=exclusion.value,
        reason=exclusion.reason,
        created_at=exclusion.created_at,
    )
