"""lead_scoring: score companies by named features, each with an explanation, from what is stored about them.

With `ai`, a language model sees the same facts and may add or subtract up to ten points. Its opinion is marked as such
and counts only if the reason quotes the facts.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.db.companies import records as companies
from app.db.companies import scores
from app.db.core.pool import connection
from app.db.jobs.ledger import ItemError
from app.domain.companies import kinds, llm_opinion
from app.domain.companies.kinds import ScoringArgs
from app.domain.companies.lead_scores import Facts, score
from app.domain.jobs.outcomes import Outcome, Snooze
from providers.errors import Busy, ProviderError
from providers.llm.base import BudgetExceeded, Prompt
from workers.companies.research.cost_meter import Budget, CostMeter
from workers.core.context import JobContext

SPEC = kinds.LEAD_SCORING
BATCH_SIZE = 50
BATCH_SIZE_WITH_MODEL = 1


async def run(context: JobContext, args: ScoringArgs) -> dict[str, Any] | Outcome:
    """Score the companies batch by batch."""
    state = context.checkpoint or {"done": 0, "scores": {}}
    has_model = context.resources.company_providers.models is not None
    budget = await Budget.load(context) if args.ai and has_model else None
    batch_size = BATCH_SIZE_WITH_MODEL if budget else BATCH_SIZE
    while state["done"] < len(args.company_ids):
        batch = args.company_ids[state["done"] : state["done"] + batch_size]
        try:
            await score_batch(context, batch, state, len(args.company_ids), budget)
        except Busy as error:
            return Snooze(error.wait, str(error))
    scored = state["scores"]
    result: dict[str, Any] = {
        "scored": len(scored),
        "not_found": len(args.company_ids) - len(scored),
        "scores": scored,
    }
    if args.ai and not has_model:
        result["note"] = "no model is configured: the scores are without its opinion"
    return result


async def score_batch(
    context: JobContext, batch: list[UUID], state: dict[str, Any], total: int, budget: Budget | None
) -> None:
    """Score some companies and commit their scores in one step; with `budget`, ask a model too. Raises Busy."""
    settings = context.resources.settings
    today = datetime.now(UTC).date()
    async with connection(context.resources.pool) as conn:
        facts_by_id = await scores.get_facts(conn, batch)
        names = {
            company_id: company.name
            for company_id in batch
            if (company := await companies.get(conn, company_id)) is not None
        }
    meter = CostMeter(budget, "scoring") if budget else None
    opinions: dict[UUID, dict[str, Any]] = {}
    if meter is not None:
        for company_id, facts in facts_by_id.items():
            opinions[company_id] = await ask_opinion(context, names[company_id], facts, meter)
    async with context.step() as step:
        if meter is not None:
            await meter.flush(step.conn)
        for company_id, facts in facts_by_id.items():
            computed = score(facts, today, settings.scoring_weights, settings.scoring_half_lives)
            opinion = opinions.get(company_id)
            total_score = min(100.0, max(0.0, computed.score + (opinion["points"] if opinion else 0.0)))
            if opinion:  # so that the parts add up at either end of the scale
                opinion["points"] = round(total_score - computed.score, 2)
            await scores.insert(step.conn, company_id, context.id, computed, total_score, opinion)
            state["scores"][str(company_id)] = total_score
        state["done"] += len(batch)
        step.checkpoint = state
        step.processed, step.total, step.failed = len(batch), total, len(batch) - len(facts_by_id)
        step.errors = [
            ItemError(str(company_id), None, "company not found")
            for company_id in batch
            if company_id not in facts_by_id
        ]


async def ask_opinion(context: JobContext, name: str, facts: Facts, meter: CostMeter) -> dict[str, Any]:
    """Return a model's opinion as the score shows it; if it fails, one of 0 points with the reason. Raises Busy."""
    models = context.resources.company_providers.models
    assert models is not None
    text = llm_opinion.facts_text(name, facts)
    prompt = Prompt(llm_opinion.messages(name, text), llm_opinion.SCHEMA, "opinion", llm_opinion.ANSWER_TOKENS)
    try:
        answer = await models.ask(prompt, llm_opinion.Opinion, meter)
    except Busy:
        raise
    except (BudgetExceeded, ProviderError) as error:
        return {"points": 0.0, "dropped": str(error)}
    return await asyncio.to_thread(llm_opinion.check_opinion, answer.value, text, answer.model)
