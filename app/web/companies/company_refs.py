"""References to companies in requests, and the companies that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from app.db.companies import records as companies
from app.db.companies.records import Company
from app.db.core.pool import Connection
from app.domain.companies.input import SLUG, SLUG_RULE, Name, RegistryNumber, Website, snake_or_camel
from app.domain.companies.kinds import MAX_SCORED_COMPANIES
from app.errors import Invalid, NotFound

MAX_SHOWN_KEY_CHARACTERS = 128


class CompanyRef(BaseModel):
    """A company by its id, the id of its business or the client's own id; under the latter it is created if new."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    key: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        validation_alias=AliasChoices("business_id", "company_id", "businessId", "companyId", "id")
    )
    name: Name | None = Field(
        default=None,
        validation_alias=AliasChoices("business_name", "company_name", "businessName", "companyName", "name"),
    )
    website: Website = None
    registry_number: RegistryNumber = Field(default=None, validation_alias=snake_or_camel("registry_number"))


class CompaniesRequest(BaseModel):
    """`{companies: [CompanyRef], priority}`; also a bare list, ids instead of objects, or one company's fields."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    companies: list[CompanyRef] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    priority: int = Field(default=5, ge=1, le=9)

    @model_validator(mode="before")
    @classmethod
    def _normalize(cls, value: Any) -> Any:
        if isinstance(value, list):
            value = {"companies": value}
        if not isinstance(value, dict):
            return value
        if "companies" not in value:
            options = {name: value[name] for name in cls.model_fields if name in value}
            value = options | {"companies": [{k: v for k, v in value.items() if k not in options}]}
        entries = value["companies"]
        if isinstance(entries, list):
            entries = [{"id": entry} if isinstance(entry, str) else entry for entry in entries]
        return value | {"companies": entries}


async def find_company(conn: Connection, key: str) -> Company:
    """Return a company by its own, its business's or the client's id. Raises NotFound."""
    company = await find_or_none(conn, key)
    if company is None:
        raise NotFound(f"Company {key[:MAX_SHOWN_KEY_CHARACTERS]!r} not found.")
    return company


async def find_or_create_all(conn: Connection, refs: Sequence[CompanyRef], user_id: UUID) -> list[Company]:
    """Return the companies, each once, in order; those that the client names for the first time are created.

    Raises Invalid with all references that stand for no company and by which none can be created.
    """
    found: dict[UUID, Company] = {}
    errors: list[tuple[str, str]] = []
    for index, ref in enumerate(refs):
        company = await find_or_none(conn, ref.key)
        if company is None and is_uuid(ref.key):
            errors.append((f"companies.{index}.id", f"no company or business has the id {ref.key}"))
            continue
        if company is None and not SLUG.fullmatch(ref.key):
            errors.append((f"companies.{index}.id", SLUG_RULE))
            continue
        company = company or await companies.insert_if_missing(conn, ref.key, ref.name, user_id)
        company = await set_missing(conn, company, website=ref.website, registry_number=ref.registry_number)
        found[company.id] = company
    if errors:
        raise Invalid(errors)
    return list(found.values())


async def set_missing(conn: Connection, company: Company, **values: str | None) -> Company:
    """Set those of the given columns that are null, and return the company as it is then."""
    missing = {name: value for name, value in values.items() if value and getattr(company, name) is None}
    return (await companies.update(conn, company.id, missing) or company) if missing else company


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID, and so cannot be a client's own id of a new company."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def find_or_none(conn: Connection, key: str) -> Company | None:
    """Return a company by its own, its business's or the client's id; None if there is none."""
    return await companies.find(conn, key) if "\0" not in key else None
