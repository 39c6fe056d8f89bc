"""company_research: write a report in eight sections, each from quoted sources and committed on its own.

Gathering the sources is the first step, and each section is one more. What a lost worker had committed is neither
gathered, written nor paid for again. A section that fails does not affect the others: it is written in the next
attempt, and in the last attempt from quotations if the model still cannot be reached.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.db.companies import llm_calls, quota, report_parts, reports, scores
from app.db.companies import records as companies
from app.db.companies.records import Company
from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.companies import kinds
from app.domain.companies.kinds import ModelChoice, ResearchArgs
from app.domain.companies.research import confidence
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.domain.companies.research.report import NOTHING_SAID, ReportStatus
from app.domain.companies.research.sections import SECTIONS, Section
from app.domain.companies.research.sources import SourceKind
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Busy, Unavailable
from providers.llm.models import Models
from workers.companies.research.cost_meter import Budget, CostMeter, max_source_characters
from workers.companies.research.gather import Gathered, gather
from workers.companies.research.section_writer import Writer
from workers.companies.research.subject import load_subject
from workers.core.context import JobContext

SPEC = kinds.COMPANY_RESEARCH
MAX_SNOOZES = 20
"""Snoozes in a row, without any progress, until the job no longer waits for a host or a model."""
MAX_WAIT_SECONDS = 900.0
"""Waits in all, after which sections are written from quotations."""
MAX_BACKOFF_SECONDS = 300.0
"""Longest wait for a host or model that keeps asking for short ones."""


UNREAD = ("unavailable", "failed", "late", "busy")
"""Statuses of sources that there may be, but that could not be read."""
SOURCE_NAMES: dict[str, str] = {
    SourceKind.WEBSITE: "The company's website",
    SourceKind.REGISTRY: "The register",
    SourceKind.PLACES: "Google Places",
    SourceKind.WEB: "The search",
}
MAX_PROBLEM_CHARACTERS = 300


ENDPOINTS: dict[ModelChoice, str] = {"first": "llm", "fallback": "llm-fallback"}
MODEL_VARIABLES: dict[ModelChoice, str] = {"first": "TRIGPOINT_LLM_URL", "fallback": "TRIGPOINT_LLM_FALLBACK_URL"}


class SourcesUnavailable(Unavailable):
    """No source could be read, but one may be back soon."""


async def run(context: JobContext, args: ResearchArgs) -> dict[str, Any] | Outcome:
    """Gather the sources, write the missing sections and complete the report."""
    state = context.checkpoint or {}
    if "report" not in state:
        begun = await begin(context, args, state)
        if not isinstance(begun, dict):
            return begun
        state = begun
    report_id = UUID(state["report"])
    may_wait = state.get("snoozes", 0) < MAX_SNOOZES and state.get("waited", 0.0) < MAX_WAIT_SECONDS
    models = choose_models(context.resources.company_providers.models, args.model)
    wait = await write_sections(context, report_id, state["company"], models, may_wait=may_wait)
    if wait is not None:
        return await snooze(context, state, wait)
    return await finish(context, report_id, args.company_id, models.name if models else EXTRACTIVE_MODEL)


async def begin(context: JobContext, args: ResearchArgs, state: dict[str, Any]) -> dict[str, Any] | Outcome:
    """Gather the sources and commit them with a new report; return the checkpoint, or how the job ends."""
    resources = context.resources
    settings, providers = resources.settings, resources.company_providers
    async with connection(resources.pool) as conn:
        job = await jobs.get(conn, context.id, None)
        company = await companies.get(conn, args.company_id)
        assert job is not None  # this worker holds it
        if company is None:
            return Failed(f"company {args.company_id} not found")
        models = choose_models(providers.models, args.model)
        if args.model and models is None:
            return Failed(f"there is no {args.model} model; set {MODEL_VARIABLES[args.model]}")
        if await quota.count_used(conn, job.created_by, before=context.id) >= settings.research_quota:
            return Failed(f"the quota of {settings.research_quota} researches per month is used up")
        subject = await load_subject(conn, company)
    gathered = await gather(
        subject,
        providers,
        resources.fetcher,
        since=job.created_at,
        max_pages=settings.research_pages,
    )
    if gathered.wait:
        return await snooze(context, state, gathered.wait)
    if gathered.is_unavailable and context.job.attempt < context.job.max_attempts:
        raise SourcesUnavailable(f"no source could be read; {gathered.failures}")
    problems = unread_sources(gathered, company)
    async with context.step() as step:
        report_id = await reports.insert(
            step.conn,
            job_id=context.id,
            company_id=company.id,
            company=_snapshot(company),
            model=models.name if models else EXTRACTIVE_MODEL,
            gathered=gathered.to_json(),
            sources=gathered.sources,
            problems=problems,
        )
        step.total = len(SECTIONS)
        step.checkpoint = {"report": str(report_id), "company": company.name}
    return step.checkpoint


def unread_sources(gathered: Gathered, company: Company) -> list[str]:
    """Return which sources could not be read, and why; if there are no sources at all, what was found instead."""
    results = gathered.results
    unread = [kind for kind, result in results.items() if result.status in UNREAD]
    site = results.get(SourceKind.WEBSITE)
    if site is not None and company.website and site.status != "found" and SourceKind.WEBSITE not in unread:
        unread.insert(0, SourceKind.WEBSITE)
    if not gathered.sources and not unread:
        unread = [kind for kind, result in results.items() if result.status != "off"]
    return [
        f"{SOURCE_NAMES.get(kind, kind)} gave no source: {results[kind].detail or 'nothing was found'}"[
            :MAX_PROBLEM_CHARACTERS
        ]
        for kind in unread
    ]


def _snapshot(company: Company) -> dict[str, Any]:
    """Return the company as the report keeps it."""
    values = asdict(company)
    return {name: values[name] for name in ("id", "external_id", "name", "website", "registry_number", "place_id")}


def choose_models(models: Models | None, choice: ModelChoice | None) -> Models | None:
    """Return the model that is asked alone, or all of them without a choice; None if there is none."""
    return models if models is None or choice is None else models.only(ENDPOINTS[choice])


async def write_sections(
    context: JobContext, report_id: UUID, company: str, models: Models | None, *, may_wait: bool
) -> float | None:
    """Write and commit the missing sections; return the seconds to wait if a model is busy, else None.

    Unless it `may_wait`, a section whose model is busy is written from quotations. Raises Unavailable if a model may be
    back in the next attempt.
    """
    resources = context.resources
    async with connection(resources.pool) as conn:
        sources = await report_parts.list_sources_with_text(conn, report_id)
        written = {section.key for section in await report_parts.list_sections(conn, report_id)}
    writer = Writer(
        company,
        sources,
        models,
        max_source_characters=max_source_characters(resources.settings),
        is_last_attempt=context.job.attempt >= context.job.max_attempts,
        may_wait=may_wait,
    )
    budget = await Budget.load(context)
    missing = [section for section in SECTIONS if section.key not in written]
    outcomes = await asyncio.gather(
        *(write_section(context, report_id, writer, section, budget) for section in missing), return_exceptions=True
    )
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for error in errors:
        if not isinstance(error, Busy):
            raise error
    return max((error.wait for error in errors if isinstance(error, Busy)), default=None)


async def write_section(context: JobContext, report_id: UUID, writer: Writer, section: Section, budget: Budget) -> None:
    """Write and commit a section with the cost of its model calls. Raises Busy and Unavailable."""
    meter = CostMeter(budget, section.key)
    try:
        written = await writer.write(section, meter)
    except (Busy, Unavailable):
        if meter.has_unflushed_calls:
            async with context.step() as step:
                await meter.flush(step.conn)
        raise
    async with context.step() as step:
        await meter.flush(step.conn)
        await report_parts.insert_section(
            step.conn,
            report_id,
            section.key,
            model=written.model,
            claims=written.claims,
            dropped=written.dropped,
            confidence=written.confidence.to_json(),
            note=written.note,
        )
        step.processed = 1


def wait_without_progress(wait: float, snoozes: int) -> float:
    """Return the seconds to wait in a row of snoozes without progress: as asked for, but twice as long each time.

    So a model that always asks for a second is asked in some ten rounds until sections are written from quotations.
    """
    return max(wait, min(2.0 ** (snoozes - 1), MAX_BACKOFF_SECONDS))


async def snooze(context: JobContext, state: dict[str, Any], wait: float) -> Outcome:
    """Snooze for `wait` seconds, or fail after MAX_SNOOZES snoozes without progress."""
    has_progressed = context.processed != state.get("processed", 0)
    snoozes = 1 if has_progressed else state.get("snoozes", 0) + 1
    wait = wait_without_progress(wait, snoozes)
    if snoozes > MAX_SNOOZES:
        return Failed(f"the company's site could still not be asked after {MAX_SNOOZES} waits")
    async with context.step() as step:
        step.checkpoint = state | {
            "snoozes": snoozes,
            "waited": state.get("waited", 0.0) + wait,
            "processed": context.processed,
        }
    return Snooze(wait, "waiting until a host or a model may be asked")


async def finish(context: JobContext, report_id: UUID, company_id: UUID, model: str) -> dict[str, Any]:
    """Complete the report with its overall confidence, usage and status; return the job's result.

    `model` is the name of the model that was to write it.
    """
    async with context.step() as step:
        sections = await report_parts.list_sections(step.conn, report_id)
        with_claims = [section for section in sections if section.claims]
        used_models = {section.model for section in with_claims if section.model} - {EXTRACTIVE_MODEL}
        default_model = EXTRACTIVE_MODEL if with_claims else model
        problems = await reports.get_problems(step.conn, report_id)
        if not with_claims and not problems:
            problems = [NOTHING_SAID]
        is_partial = bool(problems) or any(section.note for section in sections)
        status = ReportStatus.PARTIAL if is_partial else ReportStatus.COMPLETE
        await reports.finish(
            step.conn,
            report_id,
            status=status if with_claims else ReportStatus.FAILED,
            model=min(used_models, default=default_model),
            confidence=confidence.of_report({section.key: section.confidence["score"] for section in sections}),
            dropped=sum(sum(section.dropped.values()) for section in sections),
            usage=await llm_calls.get_usage(step.conn, context.id),
            problems=problems,
        )
        creator = await jobs.get_creator_id(step.conn, context.id)
        await scores.rescore(step.conn, [company_id], Creator(creator))
        return (await reports.get_result(step.conn, report_id)).to_json()
