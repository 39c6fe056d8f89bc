"""Companies, their reports and signals in the words of document 004."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.companies.signals import SignalFilters
from app.domain.companies.signals import SignalKind
from app.errors import Conflict, LimitReached, NotFound
from app.web.accounts import auth
from app.web.companies import intake, records, reports, signals
from app.web.companies.company_refs import CompanyKey
from app.web.companies.intake import MAX_COMPANIES
from app.web.companies.presenters import CompanyDetails, CompanyModel
from app.web.companies.records import CompanyPage, CompanyQuery
from app.web.companies.report_json import ReportModel
from app.web.companies.reports import ReportPage, ReportQuery, SourceNumber
from app.web.companies.signals import SignalPage
from app.web.companies.words import DOCUMENT
from app.web.dialects.company_requests import DocumentCompanyChange, DocumentNewCompany
from app.web.http import request_parsing
from app.web.http.operation import ETAG, IDEMPOTENCY_KEY, LOCATION, Access, Media, Reply, operation
from app.web.http.pagination import KeysetPaging, OpaqueKeysetPaging
from app.web.http.snake_case import in_snake_case
from app.web.platform import get_platform

TAG = "Documents' dialects"
PATH = {"id": CompanyKey}
Company = in_snake_case(CompanyModel)


class DocumentCompanyOfBusiness(BaseModel):
    """A company that is made from a stored business."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"business_id": "0193a2f4-5b6c-7d8e-9f00-112233445566"}]})

    business_id: UUID


class DocumentSignalQuery(OpaqueKeysetPaging):
    """The query parameters of the list of signals."""

    type: SignalKind | None = None


@operation("listCompaniesDialect", tag=TAG, query=CompanyQuery, returns={200: in_snake_case(CompanyPage)})
async def index(request: Request) -> Response:
    """List companies in the order of their names."""
    return await records.list_companies(request, DOCUMENT)


@operation(
    "createCompaniesDialect",
    tag=TAG,
    query=intake.LoadCompaniesQuery,
    headers=[IDEMPOTENCY_KEY],
    body={
        "application/json": DocumentNewCompany
        | DocumentCompanyOfBusiness
        | Annotated[list[DocumentNewCompany], Field(min_length=1, max_length=MAX_COMPANIES)],
        **dict.fromkeys(intake.CSV_TYPES, bytes),
    },
    returns={
        201: Reply(Company | in_snake_case(intake.LoadedCompanies), headers=[LOCATION]),
        200: Reply(Company, headers=[LOCATION], description="The company existed already, and was updated."),
    },
    errors=[Conflict, NotFound],
)
async def create(request: Request) -> Response:
    """Create companies: one, a list of them, that of a business, or a table as CSV."""
    return await intake.create_companies(request, DocumentNewCompany, DOCUMENT)


@operation("getCompanyDialect", tag=TAG, path=PATH, returns={200: in_snake_case(CompanyDetails)})
async def read(request: Request) -> Response:
    """Return a company with its fields, latest score, newest signals and newest report."""
    return await records.show_company(request, DOCUMENT)


@operation(
    "updateCompanyDialect",
    tag=TAG,
    path=PATH,
    body=DocumentCompanyChange,
    returns={200: Company},
    errors=[LimitReached],
)
async def update(request: Request) -> Response:
    """Update a company, and score it again if it has a score."""
    return await records.update_company(request, DocumentCompanyChange, DOCUMENT)


@operation("deleteCompanyDialect", tag=TAG, access=Access.ADMIN, path=PATH, returns={204: Reply()}, errors=[Conflict])
async def delete(request: Request) -> Response:
    """Delete a company with its reports, scores and signals."""
    return await records.delete_company(request)


@operation(
    "listCompanyReportsDialect",
    tag=TAG,
    path=PATH,
    query=KeysetPaging,
    returns={200: in_snake_case(ReportPage)},
)
async def index_of_reports(request: Request) -> Response:
    """List a company's reports, newest first."""
    return await reports.list_of_company(request, DOCUMENT)


@operation(
    "listCompanySignalsDialect",
    tag=TAG,
    path=PATH,
    query=OpaqueKeysetPaging,
    returns={200: in_snake_case(SignalPage)},
)
async def index_of_company_signals(request: Request) -> Response:
    """List the signals of a company, newest first."""
    return await signals.list_of_company(request, DOCUMENT)


@operation("listSignalsDialect", tag=TAG, query=DocumentSignalQuery, returns={200: in_snake_case(SignalPage)})
async def index_of_signals(request: Request) -> Response:
    """List the signals of all companies, newest first."""
    await auth.require(request)
    query = request_parsing.parse_query(request, DocumentSignalQuery)
    async with get_platform(request).pool.acquire() as conn:
        return await signals.list_page(conn, SignalFilters(kind=query.type), query, DOCUMENT)


@operation(
    "getReportDialect",
    tag=TAG,
    query=ReportQuery,
    returns={200: Reply(in_snake_case(ReportModel), media=Media(("text/markdown", "text/html")))},
)
async def read_report(request: Request) -> Response:
    """Return a report as JSON, Markdown or HTML."""
    return await reports.show_report(request, DOCUMENT)


@operation(
    "getReportSourceDialect",
    tag=TAG,
    path={"source": SourceNumber},
    returns={200: Reply(Media(("text/plain",)), headers=[ETAG])},
)
async def read_source(request: Request) -> Response:
    """Return the stored text of a source, in which all quotations stand verbatim."""
    return await reports.show_source(request)
