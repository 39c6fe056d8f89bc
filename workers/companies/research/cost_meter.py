"""The cost of a job's model calls: reserved before each call, stored, and held to the job's budget.

Each call is inserted in a step of its own before it is made. So a worker that lost the job makes no call, and one that
dies during a call leaves a row with the most that it can have cost.
"""

from __future__ import annotations

from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.companies import llm_calls
from app.db.companies.llm_calls import FinishedCall, StartedCall
from app.db.core.pool import Connection, connection
from app.db.jobs import records as jobs
from app.settings import Settings
from providers.llm.base import BudgetExceeded, Endpoint, ModelReply, Prompt
from workers.core.context import JobContext

INSTRUCTION_TOKENS = 1800
"""Reserved for the instructions, the schema and the answer."""
CHARACTERS_PER_TOKEN = 3
MIN_SOURCE_CHARACTERS = 600


class Budget:
    """Tokens and US dollars of one job, over all its attempts."""

    def __init__(self, context: JobContext, user_id: UUID, spent_tokens: int, spent_usd: float) -> None:
        settings = context.resources.settings
        self.context, self.user_id = context, user_id
        self._spent_tokens, self._spent_usd = spent_tokens, spent_usd
        self._max_tokens, self._max_usd = settings.llm_budget_tokens, settings.llm_budget_usd

    @classmethod
    async def load(cls, context: JobContext) -> Self:
        """Return the job's budget with what its calls have used so far."""
        async with connection(context.resources.pool) as conn:
            user_id = await jobs.get_creator_id(conn, context.id)
            return cls(context, user_id, *await llm_calls.get_spending(conn, context.id))

    def reserve(self, tokens: int, usd: float) -> None:
        """Count a call with the most that it can cost. Raises BudgetExceeded if that is more than what is left."""
        if self._spent_tokens + tokens > self._max_tokens:
            left = self._max_tokens - self._spent_tokens
            raise BudgetExceeded(f"a call may need {tokens} tokens, and {left} are left of the job's budget")
        if self._max_usd is not None and self._spent_usd + usd > self._max_usd:
            left_usd = self._max_usd - self._spent_usd
            raise BudgetExceeded(f"a call may cost ${usd:.4f}, and ${left_usd:.4f} are left of the job's budget")
        self._spent_tokens += tokens
        self._spent_usd += usd

    async def check_month(self, conn: Connection, tokens: int, usd: float) -> None:
        """Raise BudgetExceeded if a call could cost more than what is left of the user's budget of this month."""
        settings = self.context.resources.settings
        max_tokens, max_usd = settings.llm_user_budget_tokens, settings.llm_user_budget_usd
        if max_tokens is None and max_usd is None:
            return
        spent_tokens, spent_usd = await llm_calls.get_user_spending(conn, self.user_id)
        if max_tokens is not None and spent_tokens + tokens > max_tokens:
            left = max(0, max_tokens - spent_tokens)
            raise BudgetExceeded(
                f"a call may need {tokens} tokens, and {left} are left of the user's budget this month"
            )
        if max_usd is not None and spent_usd + usd > max_usd:
            left_usd = max(0.0, max_usd - spent_usd)
            raise BudgetExceeded(
                f"a call may cost ${usd:.4f}, and ${left_usd:.4f} are left of the user's budget this month"
            )

    def release(self, tokens: int, usd: float) -> None:
        """Return the unused part of a reservation; negative values if the call used more."""
        self._spent_tokens -= tokens
        self._spent_usd -= usd


class CostMeter:
    """The calls for one purpose; implements `providers.llm.models.Meter`."""

    def __init__(self, budget: Budget, purpose: str) -> None:
        self._budget, self._purpose = budget, purpose
        self._finished: list[FinishedCall] = []

    async def open(self, endpoint: Endpoint, prompt: Prompt) -> StartedCall:
        """Reserve the most that a call can cost and store that. Raises BudgetExceeded, also for the user's month."""
        tokens = prompt.max_tokens
        usd = endpoint.prices.cost(prompt.max_prompt_tokens, prompt.answer_tokens) if endpoint.prices else None
        self._budget.reserve(tokens, usd or 0.0)
        context = self._budget.context
        call = StartedCall(
            uuid7(), context.id, self._budget.user_id, self._purpose, endpoint.name, endpoint.model, tokens, usd
        )
        try:
            async with context.step() as step:
                await self._budget.check_month(step.conn, tokens, usd or 0.0)
                await llm_calls.insert_started(step.conn, call)
        except BudgetExceeded:
            self._budget.release(tokens, usd or 0.0)
            raise
        return call

    def close(self, call: StartedCall, reply: ModelReply | None, outcome: str, *, refused: bool = False) -> None:
        """Note how a call ended; `flush` stores it."""
        if reply is None and refused:
            self._budget.release(call.reserved_tokens, call.reserved_usd or 0.0)
            self._finished.append(FinishedCall(call.id, outcome, prompt_tokens=0, completion_tokens=0, cost_usd=0.0))
            return
        if reply is None:
            # the provider may have computed an answer that was lost, so the whole reservation stays
            self._finished.append(FinishedCall(call.id, outcome))
            return
        usage = reply.usage
        usd = usage.cost_usd if usage.cost_usd is not None else call.reserved_usd or 0.0
        self._budget.release(call.reserved_tokens - usage.tokens, (call.reserved_usd or 0.0) - usd)
        self._finished.append(
            FinishedCall(
                call.id,
                outcome,
                model=reply.model,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cached_tokens=usage.cached_tokens,
                reasoning_tokens=usage.reasoning_tokens,
                cost_usd=usage.cost_usd,
                cost_source=usage.cost_source,
                latency_ms=reply.latency_ms,
                request_id=reply.request_id,
            )
        )

    async def flush(self, conn: Connection) -> None:
        """Store the ends of the calls, in the transaction that stores what came of them."""
        await llm_calls.update_finished(conn, self._finished)
        self._finished = []

    @property
    def has_unflushed_calls(self) -> bool:
        """Whether calls ended since the last `flush`."""
        return bool(self._finished)


def max_source_characters(settings: Settings) -> int:
    """Return how many characters of sources one prompt may contain."""
    return max(MIN_SOURCE_CHARACTERS, (settings.llm_context_tokens - INSTRUCTION_TOKENS) * CHARACTERS_PER_TOKEN)
