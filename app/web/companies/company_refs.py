"""References to companies in requests, and the companies that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.db.companies import records as companies
from app.db.companies.records import Company
from app.db.core.pool import Connection
from app.domain.companies.input import SLUG, SLUG_RULE, Name, RegistryNumber, Website
from app.errors import Invalid, NotFound
from app.web.http.models import RequestModel

MAX_SHOWN_KEY_CHARACTERS = 128


CompanyKey = Annotated[
    str, Field(min_length=1, max_length=128, json_schema_extra={"pattern": f"^{SLUG.pattern}$", "examples": ["acme"]})
]
"""The id of a company, that of its business, or the client's own id."""


class CompanyRef(RequestModel):
    """A company by its id, the id of its business or the client's own id; under the latter it is created if new."""

    company_id: CompanyKey
    """The company's id, that of its business, or the client's own id."""
    name: Name | None = None
    """The name of a company that is new; its id if not given."""
    website: Website = None
    """Set if the company has none."""
    registry_number: RegistryNumber = None
    """Set if the company has none."""


def _from_id(value: Any) -> Any:
    return {"companyId": value} if isinstance(value, str) else value


CompanyRefOrId = Annotated[CompanyRef, BeforeValidator(_from_id, json_schema_input_type=CompanyRef | CompanyKey)]
"""A company, or only its id."""


async def find_company(conn: Connection, key: str) -> Company:
    """Return a company by its own, its business's or the client's id. Raises NotFound."""
    company = await find_or_none(conn, key)
    if company is None:
        raise NotFound(f"Company {key[:MAX_SHOWN_KEY_CHARACTERS]!r} not found.")
    return company


async def find_or_create_all(
    conn: Connection, refs: Sequence[CompanyRef], user_id: UUID, *, field: str
) -> list[Company]:
    """Return the companies, each once, in order; those that the client names for the first time are created.

    Raises Invalid with all references that stand for no company and by which none can be created; `field` is the name
    of their id in the request.
    """
    found: dict[UUID, Company] = {}
    errors: list[tuple[str, str]] = []
    for index, ref in enumerate(refs):
        company = await find_or_none(conn, ref.company_id)
        if company is None and is_uuid(ref.company_id):
            errors.append((f"companies.{index}.{field}", f"no company or business has the id {ref.company_id}"))
            continue
        if company is None and not SLUG.fullmatch(ref.company_id):
            errors.append((f"companies.{index}.{field}", SLUG_RULE))
            continue
        company = company or await companies.insert_if_missing(conn, ref.company_id, ref.name, user_id)
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
