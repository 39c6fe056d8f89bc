"""company_research: a report in eight sections, each written from quoted sources and committed by itself.

Gathering is the first step, each section one more; what a killed worker had committed is neither gathered nor written
nor paid for again. A section fails no other: those that are left are written in the next attempt, and in the last one
by quotation where the model still cannot be reached.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from app.db.companies import quota, reports, scores
from app.db.companies import records as companies
from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.db.tables.research import COMPLETE, PARTIAL
from app.domain.companies.kinds import COMPANY_RESEARCH, ResearchArgs
from app.domain.companies.research import confidence
from app.domain.companies.research.extractive import MODEL as EXTRACTIVE
from app.domain.companies.research.sections import SECTIONS, Section
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Busy, Unavailable
from workers.companies.research.cost_meter import Budget, SectionMeter, allowance
from workers.companies.research.gather import gather, subject_of
from workers.companies.research.write import Writer
from workers.core.context import JobContext

SPEC = COMPANY_RESEARCH
MOST_SNOOZES = 20
"""Times in a row that a job waits for a host's or a model's turn without getting any further."""


class SourcesUnavailable(Unavailable):
    """Nobody answered who may have something to say."""


async def run(context: JobContext, args: ResearchArgs) -> dict[str, Any] | Outcome:
    state = context.checkpoint or {}
    if "report" not in state:
        begun = await begin(context, args, state)
        if not isinstance(begun, dict):
            return begun
        state = begun
    report_id = UUID(state["report"])
    patient = state.get("snoozes", 0) < MOST_SNOOZES
    wait = await write(context, report_id, state["company"], patient=patient)
    if wait is not None:
        return await snooze(context, state, wait)
    return await finish(context, report_id, args.company_id)


async def begin(context: JobContext, args: ResearchArgs, state: dict[str, Any]) -> dict[str, Any] | Outcome:
    """Gather the sources and commit them with the report's beginning; the checkpoint."""
    resources = context.resources
    settings, intelligence = resources.settings, resources.intelligence
    async with connection(resources.pool) as conn:
        job = await jobs.get(conn, context.id, None)
        company = await companies.get(conn, args.company_id)
        assert job is not None  # we hold it
        if company is None:
            return Failed(f"there is no company {args.company_id}")
        if await quota.used(conn, job.created_by, before=context.id) >= settings.research_quota:
            return Failed(f"the quota of {settings.research_quota} researches a month is used up")
    gathered = await gather(
        subject_of(company),
        intelligence,
        resources.fetcher,
        since=job.created_at,
        most_pages=settings.research_pages,
    )
    if gathered.wait:
        return await snooze(context, state, gathered.wait)
    if gathered.is_unavailable and context.job.attempt < context.job.max_attempts:
        reasons = (f"{name}: {found.detail}" for name, found in gathered.found.items() if found.detail)
        raise SourcesUnavailable("no source could be read; " + "; ".join(reasons))
    shown = {name: company[name] for name in ("id", "external_id", "name", "website", "registry_number", "place_id")}
    async with context.step() as step:
        report_id = await reports.begin(
            step.conn,
            job_id=context.id,
            company_id=args.company_id,
            company=shown,
            model=intelligence.model,
            gathered=gathered.shown(),
            sources=gathered.sources,
        )
        step.total = len(SECTIONS)
        step.checkpoint = {"report": str(report_id), "company": company["name"]}
    return step.checkpoint


async def write(context: JobContext, report_id: UUID, company: str, *, patient: bool) -> float | None:
    """Write and commit the sections that are not yet; seconds to wait where a model only wants to be asked later.

    Who is no longer patient has them quoted then.
    """
    resources = context.resources
    async with connection(resources.pool) as conn:
        sources = await reports.sources(conn, report_id)
        done = {row["key"] for row in await reports.written(conn, report_id)}
    writer = Writer(
        company,
        sources,
        resources.intelligence.models,
        most_chars=allowance(resources.settings),
        last_attempt=context.job.attempt >= context.job.max_attempts,
        patient=patient,
    )
    budget = await Budget.of(context)
    left = [section for section in SECTIONS if section.key not in done]
    ends = await asyncio.gather(
        *(write_one(context, report_id, writer, section, budget) for section in left), return_exceptions=True
    )
    errors = [end for end in ends if isinstance(end, BaseException)]
    waits = [error.wait for error in errors if isinstance(error, Busy)]
    for error in errors:
        if not isinstance(error, Busy):
            raise error
    return max(waits) if waits else None


async def write_one(context: JobContext, report_id: UUID, writer: Writer, section: Section, budget: Budget) -> None:
    meter = SectionMeter(budget, section.key)
    try:
        written = await writer.write(section, meter)
    except (Busy, Unavailable):
        if meter.open_ends:
            async with context.step() as step:
                await meter.flush(step.conn)
        raise
    async with context.step() as step:
        await meter.flush(step.conn)
        await reports.add_section(
            step.conn,
            report_id,
            section.key,
            model=written.model,
            claims=[asdict(claim) for claim in written.claims],
            dropped=written.dropped,
            confidence=written.confidence.shown(),
            note=written.note,
        )
        step.processed = 1


async def snooze(context: JobContext, state: dict[str, Any], wait: float) -> Outcome:
    snoozes = state.get("snoozes", 0) + 1 if context.processed == state.get("processed", 0) else 1
    if snoozes > MOST_SNOOZES:
        return Failed(f"waited {MOST_SNOOZES} times for the company's site, in vain")
    async with context.step() as step:
        step.checkpoint = state | {"snoozes": snoozes, "processed": context.processed}
    return Snooze(wait, "waits for the turn of a host or a model")


async def finish(context: JobContext, report_id: UUID, company_id: UUID) -> dict[str, Any]:
    """Judge the report as a whole."""
    async with context.step() as step:
        sections = await reports.written(step.conn, report_id)
        points = {row["key"]: orjson.loads(row["confidence"])["score"] for row in sections}
        judged = confidence.of_report(points)
        with_claims = [row for row in sections if orjson.loads(row["claims"])]
        models = {row["model"] for row in with_claims} - {EXTRACTIVE}
        fell_back = any(row["note"] for row in sections)
        dropped = sum(sum(orjson.loads(row["dropped"]).values()) for row in sections)
        status = PARTIAL if fell_back else COMPLETE
        model = min(models, default=context.resources.intelligence.model if not with_claims else EXTRACTIVE)
        await reports.finish(
            step.conn,
            report_id,
            status=status,
            model=model,
            confidence=judged,
            dropped=dropped,
            usage=await reports.usage(step.conn, context.id),
        )
        creator = await jobs.get_creator_id(step.conn, context.id)
        await scores.rescore(step.conn, [company_id], creator)
        return await reports.result(step.conn, report_id)
