"""Creating companies: one, a list, that of a business, or the rows of a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import records as companies
from app.db.core import audit
from app.db.core.pool import Connection
from app.domain.companies.input import NewCompany, from_csv
from app.domain.text.column_mapping import ColumnMapping, Mapped, to_wire
from app.domain.text.column_uses import ColumnUse
from app.domain.text.errors import TooManyRows, Unreadable
from app.errors import BadRequest, Conflict, Invalid, NotFound, TooLarge
from app.web.accounts import auth
from app.web.companies.presenters import CompanyModel, present_company
from app.web.companies.words import OWN, Words
from app.web.http import idempotency, request_parsing
from app.web.http.file_columns import MAPPING_OF_JSON, ColumnModel, present_columns
from app.web.http.kept_files import UploadedTable, find_reference, read_kept_table
from app.web.http.models import RequestModel, ResponseModel, is_none
from app.web.http.off_loop import off_loop, off_loop_for
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, Reply, operation
from app.web.http.problems import invalid
from app.web.http.saved_mappings import with_saved_mapping
from app.web.platform import get_platform

MAX_COMPANIES = 5_000
MAX_BODY_BYTES = 8_000_000
MAX_ERRORS = 100
"""Maximum number of errors listed in a response."""
CSV_TYPES = ("text/csv", "text/tab-separated-values")


class LoadCompaniesQuery(RequestModel, UploadedTable):
    mapping: ColumnMapping = {}
    """For tables: what holds each field, where the usual names of columns do not tell: a column, several of which the
    values are joined by spaces, or a constant, such as `{"name": "Firm", "website": "Web page"}`."""


class CompanyOfBusiness(RequestModel):
    """A company that is made from a stored business."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"businessId": "0193a2f4-5b6c-7d8e-9f00-112233445566"}]})

    business_id: UUID


class RejectedValue(ResponseModel):
    """What is wrong with a company of a list or file."""

    index: int | None = Field(default=None, exclude_if=is_none)
    """In a list, from 0."""
    line: int | None = Field(default=None, exclude_if=is_none)
    """In a file, from 1."""
    field: str
    message: str


class LoadedCompanies(ResponseModel):
    """The result of sending a list or a file of companies."""

    created: int
    updated: int
    rejected: int
    """Rows with errors, which are not stored."""
    total: int
    errors: list[RejectedValue]
    """The first 100."""
    companies: list[CompanyModel] | None = Field(default=None, exclude_if=is_none)
    """The companies of a list, in its order."""
    columns: list[ColumnModel] | None = Field(default=None, exclude_if=is_none)
    """What the columns of a table are taken for."""


NewCompanies = Annotated[list[NewCompany], Field(min_length=1, max_length=MAX_COMPANIES)]


@operation(
    "createCompanies",
    tag="Companies",
    headers=[IDEMPOTENCY_KEY],
    query=LoadCompaniesQuery,
    body={
        "application/json": NewCompany | CompanyOfBusiness | NewCompanies | LoadCompaniesQuery,
        **dict.fromkeys(CSV_TYPES, bytes),
    },
    needs_body=False,
    returns={
        201: Reply(CompanyModel | LoadedCompanies, headers=[LOCATION]),
        200: Reply(CompanyModel, headers=[LOCATION], description="The company existed already, and was updated."),
    },
    errors=[Conflict, NotFound],
)
async def create(request: Request) -> Response:
    """Create companies: one, a list of them, that of a business, or a table as CSV or as an upload (`uploadId`).

    A company whose external id is known is updated. Of a list, all companies are stored or none; of a table, the rows
    with errors are reported and the others stored. Columns that are no fields become attributes.
    """
    return await create_companies(request, NewCompany, OWN)


async def create_companies(request: Request, model: type[NewCompany], words: Words) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    if (reference := await find_reference(request)) is not None:
        saved = await with_saved_mapping(platform, user, reference)
        query = request_parsing.validate(LoadCompaniesQuery, {**reference, **saved})
        table = await read_kept_table(platform, user, reference, MAX_BODY_BYTES)
        return await _create_from_csv(request, user, words, query.mapping, table)
    saved = await with_saved_mapping(platform, user, request.query_params)
    query = request_parsing.parse_query(request, LoadCompaniesQuery, saved)
    if request_parsing.media_type(request) in CSV_TYPES:
        table = await request_parsing.read_body(request, MAX_BODY_BYTES)
        return await _create_from_csv(request, user, words, query.mapping, table)
    if query.mapping:
        raise BadRequest(MAPPING_OF_JSON)
    raw, value = await request_parsing.read_json(request, MAX_BODY_BYTES)
    if isinstance(value, list):
        return await _create_many(request, user, raw, list(enumerate(value)), words, model, all_or_none=True)
    business_id = _business_id(value, words)
    new = None if business_id else request_parsing.validate(model, value)

    async def insert(conn: Connection) -> Response:
        if business_id is not None:
            return await _insert_for_business(conn, user, business_id, words)
        assert new is not None
        return await _insert_one(conn, user, new, words)

    return await idempotency.run_once(request, user, raw, insert)


def _business_id(value: Any, words: Words) -> UUID | None:
    """Return the id of the business for which the request asks, None if it describes the company itself."""
    if not isinstance(value, dict):
        return None
    if not words.in_snake_case:
        asks = value.get("businessId") is not None
        return request_parsing.validate(CompanyOfBusiness, value).business_id if asks else None
    name = next((name for name in ("business_id", "businessId") if value.get(name)), None)
    if name is None:
        return None
    try:
        return UUID(str(value[name]))
    except ValueError:
        raise Invalid([(name, "must be the id of a business")]) from None


async def _insert_one(conn: Connection, user: User, new: NewCompany, words: Words) -> Response:
    result = await companies.upsert(conn, new, user.id)
    company = result.company
    action = "COMPANY_CREATED" if result.is_new else "COMPANY_UPDATED"
    await audit.record(conn, action, {"companyId": company.id}, user_id=user.id)
    location = {"Location": f"{words.base_path}/companies/{company.id}"}
    return words.json(present_company(company), 201 if result.is_new else 200, location)


async def _insert_for_business(conn: Connection, user: User, business_id: UUID, words: Words) -> Response:
    result = await companies.upsert_for_business(conn, business_id, user.id)
    if result is None:
        raise NotFound(f"Business {business_id} not found.")
    company = result.company
    await audit.record(conn, "COMPANY_CREATED", {"companyId": company.id}, user_id=user.id)
    location = {"Location": f"{words.base_path}/companies/{company.id}"}
    return words.json(present_company(company), 201 if result.is_new else 200, location)


async def _create_from_csv(request: Request, user: User, words: Words, mapping: Mapped, raw: bytes) -> Response:
    try:
        rows, columns = await off_loop(len(raw), from_csv, raw, MAX_COMPANIES, mapping)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except TooManyRows:
        raise _too_many() from None
    keyed = raw + orjson.dumps(to_wire(mapping)) if mapping else raw
    return await _create_many(request, user, keyed, rows, words, NewCompany, all_or_none=False, columns=columns)


async def _create_many(
    request: Request,
    user: User,
    raw: bytes,
    values: list[tuple[int, Any]],
    words: Words,
    model: type[NewCompany],
    *,
    all_or_none: bool,
    columns: Sequence[ColumnUse] = (),
) -> Response:
    """Create companies from values with their index (in a list) or line (in a table).

    A value of a table may be a message that says why the row cannot be read. Invalid values are reported; with
    `all_or_none`, nothing is created if there is one.
    """
    if not values:
        raise BadRequest("The request contains no companies.")
    if len(values) > MAX_COMPANIES:
        raise _too_many()
    valid, errors = await off_loop(len(raw), _validate_all, values, model, is_list=all_or_none)
    if errors and (all_or_none or not valid):
        first = errors[0]
        where_first = first.line if first.index is None else first.index
        listed = [error.model_dump() for error in errors[:MAX_ERRORS]]
        raise Invalid([(f"{where_first}.{first.field}", first.message)], errors=listed)

    async def insert(conn: Connection) -> Response:
        results = [await companies.upsert(conn, new, user.id) for new in valid]
        created = sum(result.is_new for result in results)
        counts = {"created": created, "updated": len(results) - created, "rejected": len(values) - len(valid)}
        await audit.record(conn, "COMPANIES_LOADED", counts, user_id=user.id)

        def respond() -> Response:
            presented = [present_company(result.company) for result in results] if all_or_none else None
            loaded = LoadedCompanies(
                **counts,
                total=len(values),
                errors=errors[:MAX_ERRORS],
                companies=presented,
                columns=present_columns(columns) or None,
            )
            return words.json(loaded, 201)

        return await off_loop_for(len(results), respond)

    return await idempotency.run_once(request, user, raw, insert)


def _validate_all(
    values: list[tuple[int, Any]], model: type[NewCompany], *, is_list: bool
) -> tuple[list[NewCompany], list[RejectedValue]]:
    """Return the valid companies, and the errors of the others."""
    valid: list[NewCompany] = []
    errors: list[RejectedValue] = []
    for position, value in values:
        where = {"index" if is_list else "line": position}
        if not is_list and isinstance(value, str):
            errors.append(RejectedValue(**where, field="", message=value))
            continue
        try:
            valid.append(model.model_validate(value) if is_list else model.model_validate(value, by_name=True))
        except ValidationError as error:
            findings = invalid(error, model).findings
            errors += [RejectedValue(**where, field=field, message=message) for field, message in findings]
    return valid, errors


def _too_many() -> TooLarge:
    return TooLarge(
        f"At most {MAX_COMPANIES:,} companies per request: split them and send one part after the other.",
        limit=MAX_COMPANIES,
    )
