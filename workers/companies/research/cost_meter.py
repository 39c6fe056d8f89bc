"""What the calls of a job cost: reserved before they are made, stored, and held to the job's budget.

A call is written down in a step of its own before it is made. So a worker that is no longer the job's owner makes none,
and one that dies in the midst of a call leaves the most that it can have cost.
"""

from __future__ import annotations

from uuid_utils.compat import uuid7

from app.db.companies import llm_calls
from app.db.companies.llm_calls import Closed, Opened
from app.db.core.pool import Connection, connection
from app.settings import Settings
from providers.llm.base import BudgetExceeded, Endpoint, Prompt, Reply
from workers.core.context import JobContext


class Budget:
    """Of one job, over all its attempts."""

    def __init__(self, context: JobContext, tokens: int, usd: float) -> None:
        settings = context.resources.settings
        self.context = context
        self._tokens, self._usd = tokens, usd
        self._most_tokens, self._most_usd = settings.llm_budget_tokens, settings.llm_budget_usd

    @classmethod
    async def of(cls, context: JobContext) -> Budget:
        async with connection(context.resources.pool) as conn:
            return cls(context, *await llm_calls.spent(conn, context.id))

    def reserve(self, tokens: int, usd: float) -> None:
        """Raises BudgetExceeded where a call of at most so much could go beyond what there is."""
        if self._tokens + tokens > self._most_tokens:
            left = self._most_tokens - self._tokens
            raise BudgetExceeded(f"a call of up to {tokens} tokens, and {left} are left of the job's budget")
        if self._most_usd is not None and self._usd + usd > self._most_usd:
            left_usd = self._most_usd - self._usd
            raise BudgetExceeded(f"a call of up to ${usd:.4f}, and ${left_usd:.4f} are left of the job's budget")
        self._tokens += tokens
        self._usd += usd

    def settle(self, tokens: int, usd: float) -> None:
        """Give back what of a reservation was not used; negative: it was more."""
        self._tokens -= tokens
        self._usd -= usd


class SectionMeter:
    """The calls made for one purpose; see providers.llm.asking.Meter."""

    def __init__(self, budget: Budget, purpose: str) -> None:
        self._budget, self._purpose = budget, purpose
        self._closed: list[Closed] = []

    async def open(self, endpoint: Endpoint, prompt: Prompt) -> Opened:
        tokens = prompt.most_tokens
        usd = endpoint.prices.of(prompt.most_prompt_tokens, prompt.answer_tokens) if endpoint.prices else None
        self._budget.reserve(tokens, usd or 0.0)
        context = self._budget.context
        call = Opened(uuid7(), context.id, self._purpose, endpoint.name, endpoint.model, tokens, usd)
        async with context.step() as step:
            await llm_calls.open_call(step.conn, call)
        return call

    def close(self, call: Opened, reply: Reply | None, outcome: str) -> None:
        """See Meter. What is noted here is written by `flush`."""
        if reply is None:
            # it may have been computed although no answer came, so it goes on counting for its most
            self._closed.append(Closed(call.id, outcome))
            return
        usage = reply.usage
        usd = usage.cost_usd if usage.cost_usd is not None else call.reserved_usd or 0.0
        self._budget.settle(call.reserved_tokens - usage.tokens, (call.reserved_usd or 0.0) - usd)
        self._closed.append(
            Closed(
                call.id,
                outcome,
                reply.model,
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.cached_tokens,
                usage.reasoning_tokens,
                usage.cost_usd,
                usage.cost_source,
                reply.latency_ms,
                reply.request_id,
            )
        )

    async def flush(self, conn: Connection) -> None:
        """Write the ends of the calls, with what came of them."""
        await llm_calls.close_calls(conn, self._closed)
        self._closed = []

    @property
    def open_ends(self) -> bool:
        return bool(self._closed)


def allowance(settings: Settings) -> int:
    """Characters of sources that one question may carry."""
    return max(600, (settings.llm_context_tokens - 1800) * 3)
