"""Entries of registers that may be a company's: list them, confirm or reject them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.companies import candidates, scores
from app.db.companies.candidates import Candidate, CandidateFilters, CandidatePlace
from app.db.core import audit
from app.domain.companies.identity.candidates import CandidateStatus
from app.domain.companies.kinds import EnrichmentSource
from app.errors import LimitReached, NotFound
from app.web.accounts import auth
from app.web.companies.company_refs import CompanyKey, find_company
from app.web.http import request_parsing
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.models import KeysetPageModel, RawObject, ResponseModel
from app.web.http.operation import operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.http.schema_types import Timestamp
from app.web.platform import get_platform


class CandidateQuery(OpaqueKeysetPaging):
    """The query parameters of the list of candidates."""

    status: CandidateStatus | None = None
    company_id: CompanyKey | None = None
    """The company's id, that of its business, or the client's own id."""


class CandidateModel(ResponseModel):
    """An entry of a register or directory that has a company's name, but may be another company's."""

    id: UUID
    company_id: UUID
    company_name: str
    external_id: str | None
    """The client's own id of the company."""
    source: EnrichmentSource
    entry_id: str
    """Its number in the register, or its id in the directory."""
    name: str
    """As the register writes it."""
    url: str
    fields: RawObject
    """What the entry states; the company's fields once it is confirmed."""
    marks: list[str]
    """Which marks beside the name agree, such as `town`."""
    reasons: list[str]
    """Why a person has to decide."""
    status: CandidateStatus
    found_at: datetime
    decided_at: datetime | None


class CandidatePage(KeysetPageModel):
    candidates: list[CandidateModel]


def present_candidate(candidate: Candidate) -> CandidateModel:
    return CandidateModel.model_validate(candidate, from_attributes=True)


@operation(
    "listRegisterCandidates", tag="Companies", query=CandidateQuery, returns={200: CandidatePage}, errors=[NotFound]
)
async def index(request: Request) -> Response:
    """List entries of registers that may be a company's, those found last first."""
    await auth.require(request)
    query = request_parsing.parse_query(request, CandidateQuery)
    before = CandidatePlace(*decode_cursor(query.cursor, tuple[Timestamp, UUID])) if query.cursor else None
    async with get_platform(request).pool.acquire() as conn:
        company = None if query.company_id is None else await find_company(conn, query.company_id)
        filters = CandidateFilters(company.id if company else None, query.status)
        page = await candidates.list_candidates(conn, filters, before=before, limit=query.limit, offset=query.offset)

    def cursor_of(candidate: Candidate) -> str:
        return encode_cursor(candidate.found_at, candidate.id)

    presented = [present_candidate(candidate) for candidate in page.rows]
    return JSON(CandidatePage(candidates=presented, **keyset_fields(page, query, cursor_of)))


@operation(
    "confirmRegisterCandidate",
    tag="Companies",
    returns={200: CandidateModel},
    errors=[NotFound, LimitReached],
)
async def confirm(request: Request) -> Response:
    """Say that an entry is the company's: what it states becomes fields of the company.

    The company's other candidates of the same register are rejected. The company is scored again if it has a score.
    """
    return await _decide(request, is_company=True)


@operation(
    "rejectRegisterCandidate",
    tag="Companies",
    returns={200: CandidateModel},
    errors=[NotFound, LimitReached],
)
async def reject(request: Request) -> Response:
    """Say that an entry is another company's: it is not proposed again, and what came from it is removed.

    The company is scored again if it has a score.
    """
    return await _decide(request, is_company=False)


async def _decide(request: Request, *, is_company: bool) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    candidate_id = request_parsing.path_id(request)
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        candidate = await candidates.decide(conn, candidate_id, is_company=is_company, user_id=user.id)
        if candidate is None:
            raise NotFound(f"Candidate {candidate_id} not found.")
        action = "CANDIDATE_CONFIRMED" if is_company else "CANDIDATE_REJECTED"
        details = {"companyId": candidate.company_id, "source": candidate.source, "entryId": candidate.entry_id}
        await audit.record(conn, action, details, user_id=user.id)
        await scores.rescore(conn, [candidate.company_id], creator)
    platform.dispatcher.schedule_pass()
    return JSON(present_candidate(candidate))
