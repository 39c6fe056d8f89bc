"""lead_scoring: scores of companies by named features, each explained; a model may add or take away a little.

The features are computed from what is stored. With `ai`, a model sees those facts and gives its opinion in at most ten
points with a reason that must quote them; it is marked as such, and without a quotation that holds it counts nothing.
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
from app.domain.companies import llm_opinion
from app.domain.companies.kinds import LEAD_SCORING, ScoringArgs
from app.domain.companies.lead_scores import Facts, score
from app.domain.jobs.outcomes import Outcome, Snooze
from providers.errors import Busy, ProviderError
from providers.llm.base import BudgetExceeded, Prompt
from workers.companies.research.cost_meter import Budget, SectionMeter
from workers.core.context import JobContext

SPEC = LEAD_SCORING
A_STEP = 50


async def run(context: JobContext, args: ScoringArgs) -> dict[str, Any] | Outcome:
    state = context.checkpoint or {"done": 0, "scores": {}}
    ai = args.ai and context.resources.intelligence.models is not None
    budget = await Budget.of(context) if ai else None
    size = 1 if ai else A_STEP
    while state["done"] < len(args.company_ids):
        ids = args.company_ids[state["done"] : state["done"] + size]
        try:
            await step_over(context, ids, state, len(args.company_ids), budget)
        except Busy as error:
            return Snooze(error.wait, str(error))
    found = state["scores"]
    answer: dict[str, Any] = {"scored": len(found), "not_found": len(args.company_ids) - len(found), "scores": found}
    if args.ai and not ai:
        answer["note"] = "no model is configured: scores without its opinion"
    return answer


async def step_over(
    context: JobContext, ids: list[UUID], state: dict[str, Any], total: int, budget: Budget | None
) -> None:
    """Score some companies and commit that."""
    settings = context.resources.settings
    today = datetime.now(UTC).date()
    async with connection(context.resources.pool) as conn:
        known = await scores.facts(conn, ids)
        names = {one: row["name"] for one in ids if (row := await companies.get(conn, one)) is not None}
    scored = {
        one: score(facts, today, settings.scoring_weights, settings.scoring_half_lives) for one, facts in known.items()
    }
    opinions: dict[UUID, dict[str, Any]] = {}
    meter = SectionMeter(budget, "scoring") if budget else None
    if meter is not None:
        for one, facts in known.items():
            opinions[one] = await opinion(context, names[one], facts, meter)
    async with context.step() as step:
        if meter is not None:
            await meter.flush(step.conn)
        for one, result in scored.items():
            said = opinions.get(one)
            sum_of = min(100.0, max(0.0, result.score + (said["points"] if said else 0.0)))
            await scores.save(step.conn, one, context.id, result, sum_of, said)
            state["scores"][str(one)] = sum_of
        state["done"] += len(ids)
        step.checkpoint = state
        step.processed, step.total, step.failed = len(ids), total, len(ids) - len(scored)
        step.errors = [ItemError(str(one), None, "there is no such company") for one in ids if one not in scored]


async def opinion(context: JobContext, name: str, facts: Facts, meter: SectionMeter) -> dict[str, Any]:
    """What a model thinks, as the score shows it; a failure is told there and stops nothing. Raises Busy."""
    models = context.resources.intelligence.models
    assert models is not None
    text = llm_opinion.facts_text(name, facts)
    prompt = Prompt(llm_opinion.messages(name, text), llm_opinion.SCHEMA, "opinion", llm_opinion.ANSWER_TOKENS)
    try:
        answer = await models.ask(prompt, llm_opinion.Opinion, meter)
    except BudgetExceeded as error:
        return {"points": 0.0, "dropped": str(error)}
    except Busy:
        raise
    except ProviderError as error:
        return {"points": 0.0, "dropped": str(error)}
    return await asyncio.to_thread(llm_opinion.judged, answer.value, text, answer.model)
