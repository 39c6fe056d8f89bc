"""Requests on companies in the words of document 004: snake_case, and camelCase where clients send it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from app.domain.companies.input import CompanyChange, Name, NewCompany, PlaceId, RegistryNumber, Slug, Website
from app.domain.companies.kinds import MAX_SCORED_COMPANIES, EnrichmentSource
from app.web.companies.company_refs import CompanyKey, CompanyRef
from app.web.http.schema_types import RunAt


def either(*names: str) -> AliasChoices:
    """Accept a field under any of these names, in snake_case or camelCase."""
    return AliasChoices(*names, *map(to_camel, names))


class DocumentNewCompany(NewCompany):
    """A company to create, or to update if its external id is known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "acme", "name": "Acme Ltd", "website": "acme.example", "registry_number": "1234567"}]
        }
    )

    external_id: Slug = Field(default=None, validation_alias=AliasChoices("id", *either("external_id").choices))
    registry_number: RegistryNumber = Field(
        default=None, validation_alias=AliasChoices(*either("registry_number").choices, "company_number")
    )
    place_id: PlaceId = Field(default=None, validation_alias=either("place_id"))


class DocumentCompanyChange(CompanyChange):
    """A partial update: fields that are given are set, and null clears a field."""

    registry_number: RegistryNumber = Field(default=None, validation_alias=either("registry_number"))
    place_id: PlaceId = Field(default=None, validation_alias=either("place_id"))


class DocumentCompanyRef(CompanyRef):
    """A company by its id, the id of its business or the client's own id; under the latter it is created if new."""

    company_id: CompanyKey = Field(validation_alias=AliasChoices(*either("business_id", "company_id").choices, "id"))
    name: Name | None = Field(
        default=None, validation_alias=AliasChoices(*either("business_name", "company_name").choices, "name")
    )
    registry_number: RegistryNumber = Field(default=None, validation_alias=either("registry_number"))


class DocumentCompaniesRequest(BaseModel):
    """`{companies: [company], priority}`; also a bare list, ids instead of objects, or one company's fields."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"companies": [{"business_id": "acme", "business_name": "Acme Ltd"}]}]},
    )

    companies: list[DocumentCompanyRef] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    priority: int = Field(default=5, ge=1, le=9)
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: RunAt | None = Field(default=None, validation_alias=either("run_at"))
    """The jobs wait until this time; one in the past is now."""

    @model_validator(mode="before")
    @classmethod
    def _normalize(cls, value: Any) -> Any:
        if isinstance(value, list):
            value = {"companies": value}
        if not isinstance(value, dict):
            return value
        if "companies" not in value:
            known = {spelling for name in cls.model_fields for spelling in (name, to_camel(name))}
            options = {name: option for name, option in value.items() if name in known}
            value = options | {"companies": [{k: v for k, v in value.items() if k not in options}]}
        entries = value["companies"]
        if isinstance(entries, list):
            entries = [{"business_id": entry} if isinstance(entry, str) else entry for entry in entries]
        return value | {"companies": entries}


class DocumentEnrichmentRequest(DocumentCompaniesRequest):
    """Companies to enrich."""

    sources: Annotated[list[EnrichmentSource], Field(min_length=1)] | None = None
    """All sources if not given."""


class DocumentScoringRequest(DocumentCompaniesRequest):
    """Companies to score."""

    ai: bool = False
    """Ask a language model for its opinion as well."""


class OneCompany(DocumentCompanyRef):
    """One company, and options."""

    priority: int = Field(default=5, ge=1, le=9)
    """The priority of the job, from 1 (first) to 9."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""


class OneCompanyToEnrich(OneCompany):
    """One company to enrich, and options."""

    sources: Annotated[list[EnrichmentSource], Field(min_length=1)] | None = None
    """All sources if not given."""


class OneCompanyToScore(OneCompany):
    """One company to score, and options."""

    ai: bool = False
    """Ask a language model for its opinion as well."""


class DocumentResearchRequest(BaseModel):
    """The options of a research, in the body or in the query."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"force_refresh": True}]})

    force_refresh: bool = Field(default=False, validation_alias=either("force_refresh"))
    """Write a new report even if there is a fresh one."""
    sync: bool = False
    """Run the job within the request."""
    company_name: Name | None = Field(
        default=None, validation_alias=AliasChoices(*either("company_name").choices, "name")
    )
    website: Website = None
    priority: int = Field(default=5, ge=1, le=9)
    """From 1 (first) to 9."""
    run_at: RunAt | None = Field(default=None, validation_alias=either("run_at"))
    """The jobs wait until this time; one in the past is now."""
