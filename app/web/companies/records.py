"""Companies: list, show, update and delete. All users of the installation share them."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import fields, reports, scores, signals
from app.db.companies import records as companies
from app.db.companies.records import CompanyPlace, ListedCompany
from app.db.companies.signals import SignalFilters
from app.db.core import audit
from app.db.jobs import records as jobs
from app.domain.companies.input import CompanyChange
from app.errors import Conflict, Invalid, LimitReached
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_company
from app.web.companies.presenters import (
    CompanyDetails,
    CompanyModel,
    ScoreModel,
    present_company,
    present_fields,
    present_overview,
    present_signal,
    score_fields,
)
from app.web.companies.words import OWN, Words
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.known_fields import wire_names
from app.web.http.models import KeysetPageModel
from app.web.http.off_loop import off_loop_for
from app.web.http.operation import Access, Reply, operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

LATEST_SIGNALS = 20
PATH = {"id": CompanyKey}


class CompanyQuery(OpaqueKeysetPaging):
    """The query parameters of the list of companies."""

    name: str | None = Field(default=None, max_length=300)
    """The beginning of the name, in any case."""


class CompanyPage(KeysetPageModel):
    companies: list[CompanyModel]


@operation("listCompanies", tag="Companies", query=CompanyQuery, returns={200: CompanyPage})
async def index(request: Request) -> Response:
    """List companies in the order of their names."""
    return await list_companies(request, OWN)


async def list_companies(request: Request, words: Words) -> Response:
    await auth.require(request)
    query = request_parsing.parse_query(request, CompanyQuery)
    after = CompanyPlace(*decode_cursor(query.cursor, tuple[str, UUID])) if query.cursor else None
    async with get_platform(request).pool.acquire() as conn:
        page = await companies.list_companies(conn, query.name, after=after, limit=query.limit, offset=query.offset)

    def cursor_of(listed: ListedCompany) -> str:
        return encode_cursor(listed.place.name, listed.place.id)

    def respond() -> Response:
        presented = [present_company(listed.company) for listed in page.rows]
        return words.json(CompanyPage(companies=presented, **keyset_fields(page, query, cursor_of)))

    return await off_loop_for(len(page.rows), respond)


@operation("getCompany", tag="Companies", path=PATH, returns={200: CompanyDetails})
async def read(request: Request) -> Response:
    """Return a company and what is known of it.

    The fields of all sources, the latest score, the newest signals and the newest report.
    """
    return await show_company(request, OWN)


async def show_company(request: Request, words: Words) -> Response:
    user = await auth.require(request)
    async with get_platform(request).pool.acquire() as conn:
        company = await find_company(conn, request.path_params["id"])
        known_fields = (await fields.list_fields(conn, [company.id])).get(company.id, [])
        score = await scores.get_latest(conn, company.id)
        readable = await jobs.list_readable(conn, [score.job_id] if score else [], reader_id(user))
        newest_signals = (await signals.list_signals(conn, SignalFilters(company.id), limit=LATEST_SIGNALS)).rows
        newest_reports = (await reports.list_reports(conn, company.id, limit=1)).rows
    details = CompanyDetails(
        **present_company(company).model_dump(by_alias=False),
        fields=present_fields(known_fields),
        score=ScoreModel(**score_fields(score, readable)) if score else None,
        signals=[present_signal(signal) for signal in newest_signals],
        latest_report=present_overview(newest_reports[0]) if newest_reports else None,
    )
    return words.json(details)


@operation(
    "updateCompany",
    tag="Companies",
    path=PATH,
    body=CompanyChange,
    returns={200: CompanyModel},
    errors=[LimitReached],
)
async def update(request: Request) -> Response:
    """Update a company, and score it again if it has a score."""
    return await update_company(request, CompanyChange, OWN)


async def update_company(request: Request, model: type[CompanyChange], words: Words) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    change = await request_parsing.read_model(request, model)
    values = change.model_dump(exclude_unset=True)
    if not values:
        raise Invalid([("", f"Give at least one of {', '.join(wire_names(model))}.")])
    for name in ("name", "attributes"):
        if name in values and values[name] is None:
            raise Invalid([(name, "must not be null")])
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        company = await find_company(conn, request.path_params["id"])
        updated = await companies.update(conn, company.id, values)
        assert updated is not None  # it was found in this transaction
        details = {"companyId": company.id, "fields": list(values)}
        await audit.record(conn, "COMPANY_UPDATED", details, user_id=user.id)
        await scores.rescore(conn, [company.id], creator)
    platform.dispatcher.schedule_pass()
    return words.json(present_company(updated))


@operation("deleteCompany", tag="Companies", access=Access.ADMIN, path=PATH, returns={204: Reply()}, errors=[Conflict])
async def delete(request: Request) -> Response:
    """Delete a company with its reports, scores and signals.

    A 409 while a job of the company alone is active.
    """
    return await delete_company(request)


async def delete_company(request: Request) -> Response:
    admin = await auth.require(request, admin=True)
    async with get_platform(request).pool.acquire() as conn, conn.transaction():
        company = await find_company(conn, request.path_params["id"])
        if await companies.has_active_job(conn, company.id):
            raise Conflict("A job for this company is still running; wait for it or cancel it.")
        await companies.delete(conn, company.id)
        details = {"companyId": company.id, "name": company.name}
        await audit.record(conn, "COMPANY_DELETED", details, user_id=admin.id)
    return Response(status_code=204)
