"""Companies: made, listed, changed, and what is known of each; they are shared by everybody of the installation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import records as companies
from app.db.companies import reports, scores, signals
from app.db.core import audit
from app.db.core.pool import Connection
from app.domain.companies.input import CompanyChange, NewCompany, from_csv
from app.domain.text.errors import TooManyRows, Unreadable
from app.errors import BadRequest, Conflict, Invalid, NotFound, TooLarge
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST_ROWS = 5_000
MOST_BYTES = 8_000_000
MOST_ERRORS = 100


class CompanyQuery(Paging):
    name: str | None = Field(default=None, max_length=300)
    """The beginning of it, in any case."""


def show(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "external_id": row["external_id"],
        "name": row["name"],
        "website": row["website"],
        "registry_number": row["registry_number"],
        "place_id": row["place_id"],
        "business_id": row["business_id"],
        "attributes": orjson.Fragment(row["attributes"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


async def index(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, CompanyQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await companies.search(conn, paging.name, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("companies", [show(row) for row in rows], total, paging))


async def create(request: Request) -> Response:
    """One company as JSON, a list of them, a business by its `business_id`, or a table as CSV."""
    user = await auth.require(request)
    if request_parsing.media_type(request) in ("text/csv", "text/tab-separated-values"):
        return await _load(request, user)
    raw, value = await request_parsing.read_json(request, MOST_BYTES)
    if isinstance(value, dict) and (business := value.get("business_id") or value.get("businessId")):
        return await idempotency.run_once(request, user, raw, lambda conn: _of_business(conn, user, business))
    if isinstance(value, list):
        return await _keep_all(request, user, raw, list(enumerate(value)), strict=True)
    try:
        new = NewCompany.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    return await idempotency.run_once(request, user, raw, lambda conn: _keep(conn, user, new))


async def _keep(conn: Connection, user: User, new: NewCompany) -> Response:
    kept = await companies.upsert(conn, new, user.id)
    company_id = kept.row["id"]
    await audit.record(
        conn, "COMPANY_CREATED" if kept.is_new else "COMPANY_UPDATED", {"companyId": company_id}, user_id=user.id
    )
    return JSON(show(kept.row), 201 if kept.is_new else 200, {"Location": f"/api/companies/{company_id}"})


async def _of_business(conn: Connection, user: User, business: Any) -> Response:
    try:
        business_id = UUID(str(business))
    except ValueError:
        raise Invalid([("business_id", "must be the id of a business")]) from None
    kept = await companies.of_business(conn, business_id, user.id)
    if kept is None:
        raise NotFound(f"There is no business {business_id}.")
    await audit.record(conn, "COMPANY_CREATED", {"companyId": kept.row["id"]}, user_id=user.id)
    location = {"Location": f"/api/companies/{kept.row['id']}"}
    return JSON(show(kept.row), 201 if kept.is_new else 200, location)


async def _load(request: Request, user: User) -> Response:
    raw = await request_parsing.read_body(request, MOST_BYTES)
    try:
        rows = list(from_csv(raw, MOST_ROWS))
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except TooManyRows:
        raise _too_many() from None
    return await _keep_all(request, user, raw, rows, strict=False)


async def _keep_all(
    request: Request, user: User, raw: bytes, values: list[tuple[int, Any]], *, strict: bool
) -> Response:
    """Keep the good ones and report the others by index or line; with `strict` keep all or none."""
    if not values:
        raise BadRequest("There are no companies in what was sent.")
    if len(values) > MOST_ROWS:
        raise _too_many()
    good: list[NewCompany] = []
    errors: list[dict[str, Any]] = []
    for place, value in values:
        if not strict and isinstance(value, str):
            errors.append({"line": place, "field": "", "message": value})
            continue
        try:
            good.append(NewCompany.model_validate(value))
        except ValidationError as error:
            found: list[dict[str, Any]] = invalid(error).extra["errors"]
            where = {"index": place} if strict else {"line": place}
            errors += [where | one for one in found]
    if errors and (strict or not good):
        first = errors[0]
        place_of = first.get("index", first.get("line"))
        raise Invalid([(f"{place_of}.{first['field']}", first["message"])], errors=errors[:MOST_ERRORS])

    async def keep(conn: Connection) -> Response:
        kept = [await companies.upsert(conn, one, user.id) for one in good]
        created = sum(one.is_new for one in kept)
        counts = {"created": created, "updated": len(kept) - created, "rejected": len(values) - len(good)}
        await audit.record(conn, "COMPANIES_LOADED", counts, user_id=user.id)
        shown = {"companies": [show(one.row) for one in kept]} if strict else {}
        return JSON(counts | {"total": len(values), "errors": errors[:MOST_ERRORS]} | shown, 201)

    return await idempotency.run_once(request, user, raw, keep)


def _too_many() -> TooLarge:
    return TooLarge(
        f"At most {MOST_ROWS:,} companies per request: split them and send one part after the other.", limit=MOST_ROWS
    )


async def read(request: Request) -> Response:
    """The company with what each source says of it, its newest score, signals and report."""
    await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        row = await find(conn, request.path_params["id"])
        company_id = row["id"]
        known = (await companies.fields(conn, [company_id])).get(company_id, [])
        score = await scores.newest(conn, company_id)
        noticed, _ = await signals.select(conn, company_id=company_id, kind=None, limit=20, offset=0)
        written, _ = await reports.select(conn, company_id, limit=1, offset=0)
    fields: dict[str, Any] = {}
    for one in known:
        entry = {
            "value": orjson.Fragment(one["value"]),
            "source": one["source"],
            "url": one["url"],
            "fetched_at": one["fetched_at"],
        }
        if one["field"] in fields:
            fields[one["field"]]["others"].append(entry)
        else:
            fields[one["field"]] = entry | {"others": []}
    return JSON(
        show(row)
        | {
            "fields": fields,
            "score": score and scores.show(score),
            "signals": [signals.show(one) for one in noticed],
            "latest_report": dict(written[0]) if written else None,
        }
    )


async def update(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    change = await request_parsing.read_model(request, CompanyChange)
    given = change.model_dump(exclude_unset=True)
    if not given:
        raise Invalid([("", "Give at least one of name, website, registry_number, place_id and attributes.")])
    for name in ("name", "attributes"):
        if name in given and given[name] is None:
            raise Invalid([(name, "must not be null")])
    async with platform.pool.acquire() as conn, conn.transaction():
        row = await find(conn, request.path_params["id"])
        changed = await companies.update(conn, row["id"], given)
        assert changed is not None  # it was found in this transaction
        await audit.record(conn, "COMPANY_UPDATED", {"companyId": row["id"], "fields": list(given)}, user_id=user.id)
        await scores.rescore(conn, [row["id"]], user.id)
    platform.dispatcher.schedule_pass()
    return JSON(show(changed))


async def delete(request: Request) -> Response:
    """The company with its reports, scores and signals; not while a job works on it."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        row = await find(conn, request.path_params["id"])
        if await companies.is_worked_on(conn, row["id"]):
            raise Conflict("A job works on this company: wait for its end, or cancel it.")
        await companies.delete(conn, row["id"])
        await audit.record(conn, "COMPANY_DELETED", {"companyId": row["id"], "name": row["name"]}, user_id=admin.id)
    return Response(status_code=204)


async def find(conn: Connection, key: str) -> asyncpg.Record:
    """By our id or the client's own. Raises NotFound."""
    row = await companies.find(conn, key) if "\0" not in key else None
    if row is None:
        raise NotFound(f"There is no company {key[:128]!r}.")
    return row


async def reports_of(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        company = await find(conn, request.path_params["id"])
        rows, total = await reports.select(conn, company["id"], limit=paging.limit, offset=paging.offset)
    return JSON(page_of("reports", [dict(row) for row in rows], total, paging))


async def signals_of(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        company = await find(conn, request.path_params["id"])
        rows, total = await signals.select(
            conn, company_id=company["id"], kind=None, limit=paging.limit, offset=paging.offset
        )
    found = [signals.show(row) for row in rows]
    return JSON(page_of("signals", found, total, paging))
