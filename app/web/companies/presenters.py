"""Companies, their fields, scores and signals as the API returns them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field, TypeAdapter

from app.db.companies.fields import CompanyField
from app.db.companies.records import Company
from app.db.companies.reports import ReportOverview
from app.db.companies.scores import LeadScore
from app.domain.companies.research.report import ReportStatus
from app.domain.companies.signals import Signal, SignalKind
from app.web.http.models import RawObject, ResponseModel, is_none, stored_as


class CompanyModel(ResponseModel):
    """A company as clients and jobs wrote it."""

    id: UUID
    external_id: str | None
    """The client's own id."""
    name: str
    website: str | None
    registry_number: str | None
    place_id: str | None
    business_id: UUID | None
    """The business that it was created for."""
    attributes: RawObject
    """Further facts that the client gave."""
    created_at: datetime
    updated_at: datetime


class SourcedValue(ResponseModel):
    """A value, and where it is from."""

    value: Any
    source: str
    """`companies_house`, `google_places` or `website`."""
    url: str | None
    fetched_at: datetime


class CompanyFieldModel(SourcedValue):
    """The value of the most trusted source, and those of the others."""

    others: list[SourcedValue]


class UsedFactModel(ResponseModel):
    """A fact that a part of a score is computed from."""

    name: str
    """The name of the field, or the kind of the signal."""
    value: str
    source: str | None
    """A URL, or the name of a source; `client` for what the client gave."""
    on: date | None
    """When it was read, or when the signal occurred."""
    age_days: int | None
    """Its age when the score was computed."""


class ScoreFeatureModel(ResponseModel):
    """A named part of a score."""

    name: str
    weight: float
    value: float | None
    """0 to 1; null if it is not known."""
    points: float
    """From 0 to 100."""
    why: str
    evidence: list[str]
    """URLs, or names of sources."""
    facts: list[UsedFactModel] = []
    """What it is computed from; none in scores of earlier versions."""


class OpinionModel(ResponseModel):
    """A language model's opinion of a lead."""

    points: float = Field(ge=-10, le=10)
    model: str | None = Field(default=None, exclude_if=is_none)
    reason: str | None = Field(default=None, exclude_if=is_none)
    quote: str | None = Field(default=None, exclude_if=is_none)
    """From the facts that the model was shown."""
    dropped: str | None = Field(default=None, exclude_if=is_none)
    """Why the opinion does not count."""


class ScoreParts(ResponseModel):
    """What a score is computed from."""

    base_score: float = Field(ge=0, le=100)
    """The sum of the points of the features, without those of a model's opinion."""
    completeness: float = Field(ge=0, le=1)
    """Share of the weights whose features are known."""
    features: list[ScoreFeatureModel]


class ScoreModel(ScoreParts):
    """A score with its parts."""

    score: float = Field(ge=0, le=100)
    """With the points of the model's opinion."""
    ai: OpinionModel | None
    """Null if none was asked for."""
    job_id: UUID | None
    """Null for jobs of other users."""
    computed_at: datetime


class SignalEvidence(ResponseModel):
    quote: str
    """Verbatim from the text of the source."""
    url: str
    sha256: str
    """The SHA-256 of the text, in hex."""


class SignalModel(ResponseModel):
    """An event in the life of a company that makes it a better or worse lead."""

    id: UUID
    company_id: UUID
    type: SignalKind
    title: str
    evidence: SignalEvidence
    occurred_on: date | None
    """Null if the source does not say."""
    detected_at: datetime
    strength: float = Field(ge=0, le=1)


class ReportOverviewModel(ResponseModel):
    """A report without its sections and sources."""

    id: UUID
    status: ReportStatus
    model: str
    """The language model that wrote it, or `extractive` if it holds quotations only."""
    confidence_score: float | None
    """0 to 1; null until the report is finished."""
    dropped_claims: int
    """Claims that their quotations did not support."""
    created_at: datetime
    completed_at: datetime | None


class CompanyDetails(CompanyModel):
    """A company and what is known of it."""

    fields: dict[str, CompanyFieldModel]
    """By name, each with its sources."""
    score: ScoreModel | None
    """The latest one."""
    signals: list[SignalModel]
    """The newest ones."""
    latest_report: ReportOverviewModel | None


def present_company(company: Company) -> CompanyModel:
    """Return a company without what is known of it."""
    return CompanyModel(**asdict(company))


def present_fields(fields: Sequence[CompanyField]) -> dict[str, CompanyFieldModel]:
    """Return the fields by name. They must be sorted as `list_fields` returns them."""
    presented: dict[str, CompanyFieldModel] = {}
    for field in fields:
        entry = {"value": field.value, "source": field.source, "url": field.url, "fetched_at": field.fetched_at}
        if field.field in presented:
            presented[field.field].others.append(SourcedValue(**entry))
        else:
            presented[field.field] = CompanyFieldModel(**entry, others=[])
    return presented


_SCORE_PARTS = TypeAdapter(ScoreParts)
_OPINION = TypeAdapter(OpinionModel)


def score_parts(score: LeadScore) -> tuple[ScoreParts, OpinionModel | None]:
    """Return what a score is computed from: no parts if they are stored in an unknown form."""
    parts = stored_as(_SCORE_PARTS, score.features)
    return parts or ScoreParts(base_score=score.score, completeness=0.0, features=[]), stored_as(_OPINION, score.ai)


def score_fields(score: LeadScore, readable_jobs: Collection[UUID]) -> dict[str, Any]:
    """Return the fields of a `ScoreModel`, the job only if it is readable."""
    parts, opinion = score_parts(score)
    return {
        "score": score.score,
        "base_score": parts.base_score,
        "completeness": parts.completeness,
        "features": parts.features,
        "ai": opinion,
        "job_id": score.job_id if score.job_id in readable_jobs else None,
        "computed_at": score.computed_at,
    }


def present_signal(signal: Signal) -> SignalModel:
    return SignalModel(
        id=signal.id,
        company_id=signal.company_id,
        type=signal.kind,
        title=signal.title,
        evidence=SignalEvidence(quote=signal.quote, url=signal.url, sha256=signal.sha256),
        occurred_on=signal.occurred_on,
        detected_at=signal.detected_at,
        strength=signal.strength,
    )


def present_overview(report: ReportOverview) -> ReportOverviewModel:
    return ReportOverviewModel(**asdict(report))
