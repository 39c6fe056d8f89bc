"""Companies: create, list, show, update and delete. All users of the installation share them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import fields, reports, scores, signals
from app.db.companies import records as companies
from app.db.core import audit
from app.db.core.pool import Connection
from app.domain.companies.input import CompanyChange, NewCompany, from_csv
from app.domain.text.errors import TooManyRows, Unreadable
from app.errors import BadRequest, Conflict, Invalid, NotFound, TooLarge
from app.web.accounts import auth
from app.web.companies.company_refs import find_company
from app.web.companies.presenters import present_company, present_fields, present_overview, present_score
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_COMPANIES = 5_000
MAX_BODY_BYTES = 8_000_000
MAX_ERRORS = 100
"""Maximum number of rejected companies listed in a response."""
LATEST_SIGNALS = 20


class CompanyQuery(Paging):
    """The query parameters of the list of companies."""

    name: str | None = Field(default=None, max_length=300)
    """The beginning of the name, in any case."""


async def index(request: Request) -> Response:
    """List companies in the order of their names."""
    """List companies by name; `?name=` selects by a part of it.

    200 `{"companies": [company], "total", "limit", "offset"}`.
    """
    await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, CompanyQuery)
    async with platform.pool.acquire() as conn:
        found, total = await companies.list_companies(conn, query.name, limit=query.limit, offset=query.offset)
    return JSON(page_of("companies", [present_company(company) for company in found], total, query))


async def create(request: Request) -> Response:
    """Create companies: one as JSON, a list of them, that of a business by `business_id`, or a table as CSV.

    201 with the company, or for a list or table `{"created", "updated", "total", "errors", …}`. 200 with a company that
    existed already.
    """
    user = await auth.require(request)
    if request_parsing.media_type(request) in ("text/csv", "text/tab-separated-values"):
        return await _create_from_csv(request, user)
    raw, value = await request_parsing.read_json(request, MAX_BODY_BYTES)
    if isinstance(value, dict) and (business := value.get("business_id") or value.get("businessId")):
        return await idempotency.run_once(request, user, raw, lambda conn: _create_for_business(conn, user, business))
    if isinstance(value, list):
        return await _create_many(request, user, raw, list(enumerate(value)), all_or_none=True)
    try:
        new = NewCompany.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    return await idempotency.run_once(request, user, raw, lambda conn: _create_one(conn, user, new))


async def _create_one(conn: Connection, user: User, new: NewCompany) -> Response:
    result = await companies.upsert(conn, new, user.id)
    company = result.company
    action = "COMPANY_CREATED" if result.is_new else "COMPANY_UPDATED"
    await audit.record(conn, action, {"companyId": company.id}, user_id=user.id)
    location = {"Location": f"/api/companies/{company.id}"}
    return JSON(present_company(company), 201 if result.is_new else 200, location)


async def _create_for_business(conn: Connection, user: User, business: Any) -> Response:
    try:
        business_id = UUID(str(business))
    except ValueError:
        raise Invalid([("business_id", "must be the id of a business")]) from None
    result = await companies.upsert_for_business(conn, business_id, user.id)
    if result is None:
        raise NotFound(f"Business {business_id} not found.")
    company = result.company
    await audit.record(conn, "COMPANY_CREATED", {"companyId": company.id}, user_id=user.id)
    location = {"Location": f"/api/companies/{company.id}"}
    return JSON(present_company(company), 201 if result.is_new else 200, location)


async def _create_from_csv(request: Request, user: User) -> Response:
    raw = await request_parsing.read_body(request, MAX_BODY_BYTES)
    try:
        rows = list(from_csv(raw, MAX_COMPANIES))
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except TooManyRows:
        raise _too_many() from None
    return await _create_many(request, user, raw, rows, all_or_none=False)


async def _create_many(
    request: Request, user: User, raw: bytes, values: list[tuple[int, Any]], *, all_or_none: bool
) -> Response:
    """Create companies from values with their index (in a list) or line (in a table).

    A value of a table may be a message that says why the row cannot be read. Invalid values are reported; with
    `all_or_none`, nothing is created if there is one.
    """
    if not values:
        raise BadRequest("The request contains no companies.")
    if len(values) > MAX_COMPANIES:
        raise _too_many()
    valid: list[NewCompany] = []
    errors: list[dict[str, Any]] = []
    for position, value in values:
        if not all_or_none and isinstance(value, str):
            errors.append({"line": position, "field": "", "message": value})
            continue
        try:
            valid.append(NewCompany.model_validate(value))
        except ValidationError as error:
            field_errors: list[dict[str, Any]] = invalid(error).extra["errors"]
            where = {"index" if all_or_none else "line": position}
            errors += [where | field_error for field_error in field_errors]
    if errors and (all_or_none or not valid):
        first = errors[0]
        where_first = first.get("index", first.get("line"))
        raise Invalid([(f"{where_first}.{first['field']}", first["message"])], errors=errors[:MAX_ERRORS])

    async def insert(conn: Connection) -> Response:
        results = [await companies.upsert(conn, new, user.id) for new in valid]
        created = sum(result.is_new for result in results)
        counts = {"created": created, "updated": len(results) - created, "rejected": len(values) - len(valid)}
        await audit.record(conn, "COMPANIES_LOADED", counts, user_id=user.id)
        body = counts | {"total": len(values), "errors": errors[:MAX_ERRORS]}
        if all_or_none:
            body |= {"companies": [present_company(result.company) for result in results]}
        return JSON(body, 201)

    return await idempotency.run_once(request, user, raw, insert)


def _too_many() -> TooLarge:
    return TooLarge(
        f"At most {MAX_COMPANIES:,} companies per request: split them and send one part after the other.",
        limit=MAX_COMPANIES,
    )


async def read(request: Request) -> Response:
    """Show a company with the fields of all sources, its latest score, its newest signals and its newest report.

    200 `{"id", "name", …, "fields", "score", "signals", "latest_report"}`.
    """
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        known_fields = (await fields.list_fields(conn, [company.id])).get(company.id, [])
        score = await scores.get_latest(conn, company.id)
        newest_signals, _ = await signals.list_signals(
            conn, company_id=company.id, kind=None, limit=LATEST_SIGNALS, offset=0
        )
        newest_reports, _ = await reports.list_reports(conn, company.id, limit=1, offset=0)
    return JSON(
        present_company(company)
        | {
            "fields": present_fields(known_fields),
            "score": present_score(score) if score else None,
            "signals": [signal.to_json() for signal in newest_signals],
            "latest_report": present_overview(newest_reports[0]) if newest_reports else None,
        }
    )


async def update(request: Request) -> Response:
    """Update a company, and score it again if it has a score. 200 with the company."""
    user = await auth.require(request)
    platform = get_platform(request)
    change = await request_parsing.read_model(request, CompanyChange)
    values = change.model_dump(exclude_unset=True)
    if not values:
        raise Invalid([("", "Give at least one of name, website, registry_number, place_id and attributes.")])
    for name in ("name", "attributes"):
        if name in values and values[name] is None:
            raise Invalid([(name, "must not be null")])
    async with platform.pool.acquire() as conn, conn.transaction():
        company = await find_company(conn, request.path_params["id"])
        updated = await companies.update(conn, company.id, values)
        assert updated is not None  # it was found in this transaction
        details = {"companyId": company.id, "fields": list(values)}
        await audit.record(conn, "COMPANY_UPDATED", details, user_id=user.id)
        await scores.rescore(conn, [company.id], user.id)
    platform.dispatcher.schedule_pass()
    return JSON(present_company(updated))


async def delete(request: Request) -> Response:
    """Delete a company with its reports, scores and signals. 204; 409 while a job for it is active."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        company = await find_company(conn, request.path_params["id"])
        if await companies.has_active_job(conn, company.id):
            raise Conflict("A job for this company is still running; wait for it or cancel it.")
        await companies.delete(conn, company.id)
        details = {"companyId": company.id, "name": company.name}
        await audit.record(conn, "COMPANY_DELETED", details, user_id=admin.id)
    return Response(status_code=204)
