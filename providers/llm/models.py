"""Ask language models for JSON, one after the other: each with a quick retry, and again if its answer is unusable.

A meter is called before and after each call, and may refuse it (the budget).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import orjson
import structlog
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from app.domain.text.json_guard import UnsafeJson, parse_json
from providers import metrics
from providers.breaker import Breaker
from providers.errors import Busy, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.llm import reply_json
from providers.llm.base import Endpoint, ModelRefusal, ModelReply, Prompt, TooLong, Unusable
from providers.llm.limits import RedisLimits

log = structlog.get_logger(__name__)
T = TypeVar("T", bound=BaseModel)

MAX_WAIT_SECONDS = 30.0
"""Longest wait for a slot of the shared limits; beyond that the caller gets Busy."""
MAX_QUICK_PAUSE_SECONDS = 3.0
"""A Retry-After up to that is waited for; after a longer one the next model is asked."""
DEFAULT_PAUSE_SECONDS = 2.0
"""After a 429 without Retry-After."""
MAX_PAUSE_SECONDS = 300.0
"""Longest wait for a model. One that asks for a longer one, or whose quota is used up, is asked again after that time,
and until then sections are written by the next model or from quotations.
"""
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 0.1, 0.4
MAX_SHOWN_CHARACTERS = 4000
"""Characters of an unusable answer that are repeated in the second prompt."""
MAX_ANSWER_VALUES = 20_000
"""JSON values in the text of a model. A section has some dozens."""


class Meter(Protocol):
    """Records the cost of calls."""

    async def open(self, endpoint: Endpoint, prompt: Prompt) -> Any:
        """Record that a call is about to be made; return what `close` takes. Raises BudgetExceeded."""
        ...

    def close(self, call: Any, reply: ModelReply | None, outcome: str, *, refused: bool = False) -> None:
        """Record how the call ended.

        A call that was refused cost nothing; any other without a reply cost between nothing and the worst case.
        """
        ...


class ModelClient(Protocol):
    """A client of one model; see `providers.llm.client.ChatClient`."""

    endpoint: Endpoint

    async def complete(self, prompt: Prompt) -> ModelReply:
        """Send the prompt once. Raises ProviderError."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A validated answer, and the model that gave it."""

    value: T
    model: str


class Models:
    """The configured models, in the order in which they are asked."""

    def __init__(self, clients: Sequence[ModelClient], limits: RedisLimits) -> None:
        self._clients = [(client, Breaker()) for client in clients]
        self._limits = limits

    @property
    def name(self) -> str:
        """The name of the model that is asked first."""
        return self._clients[0][0].endpoint.model

    def only(self, endpoint: str) -> Models | None:
        """Return the model of that endpoint alone, with the same limits; None if there is no such endpoint."""
        clients = [(client, breaker) for client, breaker in self._clients if client.endpoint.name == endpoint]
        if not clients:
            return None
        single = Models([], self._limits)
        single._clients = clients
        return single

    async def close(self) -> None:
        """Close the connections to all models."""
        for client, _ in self._clients:
            await client.close()

    async def ask(self, prompt: Prompt, shape: type[T], meter: Meter) -> Answer[T]:
        """Return the first usable answer, validated as `shape`.

        Raises TooLong and BudgetExceeded at once. If all models fail, raises Busy with the shortest wait if one of them
        is busy, else the error of the last model.
        """
        failures: list[ProviderError] = []
        last = self._clients[-1][0]
        for client, breaker in self._clients:
            # the last model is asked even if its breaker is open: there is no other
            if client is not last and (reason := breaker.reason()) is not None:
                failures.append(Unavailable(reason, provider=client.endpoint.name))
                continue
            try:
                return await self._ask_model(client, breaker, prompt, shape, meter)
            except TooLong:
                raise
            except ProviderError as error:
                log.warning("llm_call_failed", endpoint=client.endpoint.name, error=str(error))
                failures.append(error)
        raise _most_useful(failures)

    async def _ask_model(
        self, client: ModelClient, breaker: Breaker, prompt: Prompt, shape: type[T], meter: Meter
    ) -> Answer[T]:
        """Ask a model, and once more if its answer is unusable. Raises Refused, Unusable and errors of the call."""
        asked = prompt
        for again in (False, True):
            reply = await self._call(client, breaker, asked, meter)
            if reply.refusal is not None:
                raise ModelRefusal(f"refused: {reply.refusal[:200]}", provider=client.endpoint.name)
            try:
                return Answer(parse(reply, shape), reply.model)
            except ValueError as error:
                wrong = str(error)
            log.info("llm_answer_unusable", endpoint=client.endpoint.name, again=again, error=wrong)
            asked = replace(prompt, messages=[*prompt.messages, *_correction(reply, wrong)])
        raise Unusable(f"no usable JSON, asked twice: {wrong}", provider=client.endpoint.name)

    async def _call(self, client: ModelClient, breaker: Breaker, prompt: Prompt, meter: Meter) -> ModelReply:
        """Make a call, and a second one if the first failed temporarily. Raises Busy after a rate limit error."""
        retrying = AsyncRetrying(
            retry=retry_if_exception(_is_temporary), stop=stop_after_attempt(2), wait=_pause_before_retry, reraise=True
        )
        try:
            return await retrying(self._call_and_pause, client, breaker, prompt, meter)
        except RateLimited as error:
            if _is_too_long(error):
                message = f"{error}; it asks for a pause of {error.retry_after:,.0f} s, longer than jobs wait"
                raise QuotaExceeded(message, provider=client.endpoint.name) from error
            wait = max(_rate_limit_pause(error), 1.0)
            raise Busy(str(error), provider=client.endpoint.name, wait=wait) from error

    async def _call_and_pause(self, client: ModelClient, breaker: Breaker, prompt: Prompt, meter: Meter) -> ModelReply:
        """Make one call. If the model asks for a pause, all workers pause."""
        try:
            return await self._call_once(client, breaker, prompt, meter)
        except RateLimited as error:
            if _is_too_long(error):
                await self._limits.close(client.endpoint.name, MAX_PAUSE_SECONDS)
            else:
                await self._limits.pause(client.endpoint.name, _rate_limit_pause(error))
            raise
        except QuotaExceeded as error:
            if error.asked:
                await self._limits.close(client.endpoint.name, MAX_PAUSE_SECONDS)
            raise

    async def _call_once(self, client: ModelClient, breaker: Breaker, prompt: Prompt, meter: Meter) -> ModelReply:
        endpoint = client.endpoint
        async with self._limits.slot(
            endpoint.name, prompt.max_tokens, endpoint.timeout_seconds, MAX_WAIT_SECONDS
        ) as slot:
            call = await meter.open(endpoint, prompt)
            with breaker.trial() as trial:
                try:
                    reply = await client.complete(prompt)
                except ProviderError as error:
                    if isinstance(error, Unavailable | Misconfigured):
                        trial.failed()
                    if error.refused:
                        slot.used = 0
                    meter.close(call, None, str(error), refused=error.refused)
                    metrics.CALLS.labels(endpoint.name, metrics.outcome_of(error)).inc()
                    raise
                trial.succeeded()
            slot.used = reply.usage.tokens
            _measure(endpoint.name, reply)
            outcome = "refused" if reply.refusal is not None else "cut_off" if reply.cut_off else "answered"
            meter.close(call, reply, outcome)
            return reply


def _is_too_long(error: RateLimited) -> bool:
    return error.retry_after is not None and error.retry_after > MAX_PAUSE_SECONDS


def _rate_limit_pause(error: RateLimited) -> float:
    return DEFAULT_PAUSE_SECONDS if error.retry_after is None else error.retry_after


def _is_temporary(error: BaseException) -> bool:
    """Whether a second call is worth making right away."""
    match error:
        case RateLimited():
            return _rate_limit_pause(error) <= MAX_QUICK_PAUSE_SECONDS
        case Unavailable():
            return error.transient
    return False


def _pause_before_retry(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RateLimited):
        return _rate_limit_pause(error)
    return random.uniform(MIN_RETRY_SECONDS, MAX_RETRY_SECONDS)


def parse(reply: ModelReply, shape: type[T]) -> T:
    """Validate the JSON object in a reply, also among thoughts and other text. Raises ValueError with what is wrong."""
    if reply.cut_off:
        raise ValueError("the answer was cut off: it is too long")
    text = reply_json.after_thoughts(reply.text)
    if "{" not in text:
        raise ValueError("there is no JSON object in the answer")
    wrong = ""
    for candidate in reply_json.candidates(text):
        try:
            return _validated(candidate, shape)
        except ValueError as error:
            wrong = wrong or str(error)
    raise ValueError(wrong or "the answer was cut off: it is too long")


def _validated(text: str, shape: type[T]) -> T:
    try:
        value = parse_json(text, max_values=MAX_ANSWER_VALUES)
        if isinstance(value, list) and len(shape.model_fields) == 1:
            value = {name: value for name in shape.model_fields}  # the list alone, without the object around it
        return shape.model_validate(value)
    except UnsafeJson:
        raise
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the answer'}: {first['msg']}") from None


def _correction(reply: ModelReply, wrong: str) -> list[dict[str, str]]:
    answer = reply.text[:MAX_SHOWN_CHARACTERS] or "(nothing)"
    request = f"That cannot be used: {wrong}. Answer again, with the JSON object alone, shorter if need be."
    return [{"role": "assistant", "content": answer}, {"role": "user", "content": request}]


def _most_useful(failures: Sequence[ProviderError]) -> ProviderError:
    """Return the Busy error with the shortest wait, else the last error."""
    busy = [failure for failure in failures if isinstance(failure, Busy)]
    return min(busy, key=lambda failure: failure.wait) if busy else failures[-1]


def _measure(endpoint: str, reply: ModelReply) -> None:
    usage = reply.usage
    metrics.CALLS.labels(endpoint, "ok").inc()
    metrics.SECONDS.labels(endpoint).observe(reply.latency_ms / 1000)
    metrics.LLM_TOKENS.labels(endpoint, "prompt").inc(usage.prompt_tokens)
    metrics.LLM_TOKENS.labels(endpoint, "completion").inc(usage.completion_tokens)
    if usage.cost_usd is not None:
        metrics.LLM_COST.labels(endpoint).inc(usage.cost_usd)
