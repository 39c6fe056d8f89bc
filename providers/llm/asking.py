"""Asking models for JSON until one of them gives it: one re-ask, one quick retry, then the next model.

What a call costs is told to a meter before it is made and after it: the meter may refuse the call (the budget), and
what it was told survives this process.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import orjson
import structlog
from pydantic import BaseModel, ValidationError

from providers.breaker import Breaker
from providers.errors import Busy, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.llm.base import Endpoint, Prompt, Refused, Reply, TooLong, Unusable
from providers.llm.limits import RedisLimits

log = structlog.get_logger(__name__)
T = TypeVar("T", bound=BaseModel)

PATIENCE = 30.0
"""Seconds that a call waits for its turn; beyond that the job gives its slot back."""
SHORT_PAUSE = 3.0
"""Seconds of a Retry-After that are waited for; a longer one sends us to the next model."""
DEFAULT_PAUSE = 2.0
QUOTA_PAUSE = 300.0
MOST_SHOWN = 4000
"""Characters of a bad answer that are shown to the model again."""


class Meter(Protocol):
    async def open(self, endpoint: Endpoint, prompt: Prompt) -> Any:
        """Note that a call is about to be made; answers what `close` wants. Raises BudgetExceeded."""
        ...

    def close(self, call: Any, reply: Reply | None, outcome: str) -> None:
        """Note how it ended; without a reply it may have cost anything up to the worst case, or nothing."""
        ...


class Client(Protocol):
    endpoint: Endpoint

    async def complete(self, prompt: Prompt) -> Reply: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Answer(Generic[T]):
    value: T
    model: str


class Models:
    """Models in the order in which they are asked."""

    def __init__(self, clients: Sequence[Client], limits: RedisLimits) -> None:
        self._clients = [(client, Breaker()) for client in clients]
        self._limits = limits

    @property
    def name(self) -> str:
        """Of the model that is asked first."""
        return self._clients[0][0].endpoint.model

    async def close(self) -> None:
        for client, _ in self._clients:
            await client.close()

    async def ask(self, prompt: Prompt, shape: type[T], meter: Meter) -> Answer[T]:
        """The first usable answer.

        Raises TooLong and BudgetExceeded at once; else what the last model failed with, or Busy where one only wants
        to be asked later.
        """
        failures: list[ProviderError] = []
        last = self._clients[-1][0]
        for client, breaker in self._clients:
            # the last one is asked whatever it did before: there is nobody else to ask
            if client is not last and (reason := breaker.reason()) is not None:
                failures.append(Unavailable(reason, provider=client.endpoint.name))
                continue
            try:
                return await self._converse(client, breaker, prompt, shape, meter)
            except TooLong:
                raise
            except ProviderError as error:
                log.warning("llm_call_failed", endpoint=client.endpoint.name, error=str(error))
                failures.append(error)
        raise _most_hopeful(failures)

    async def _converse(
        self, client: Client, breaker: Breaker, prompt: Prompt, shape: type[T], meter: Meter
    ) -> Answer[T]:
        """Ask, and once more where the answer is not what was asked for."""
        asked = prompt
        for again in (False, True):
            reply = await self._call(client, breaker, asked, meter)
            if reply.refusal is not None:
                raise Refused(f"refused: {reply.refusal[:200]}", provider=client.endpoint.name)
            try:
                return Answer(parse(reply, shape), reply.model)
            except ValueError as error:
                wrong = str(error)
            log.info("llm_answer_unusable", endpoint=client.endpoint.name, again=again, error=wrong)
            asked = replace(prompt, messages=[*prompt.messages, *_correction(reply, wrong)])
        raise Unusable(f"no usable JSON, asked twice: {wrong}", provider=client.endpoint.name)

    async def _call(self, client: Client, breaker: Breaker, prompt: Prompt, meter: Meter) -> Reply:
        """One call, and a second one where the first failed in passing."""
        for last in (False, True):
            try:
                return await self._call_once(client, breaker, prompt, meter)
            except RateLimited as error:
                pause = DEFAULT_PAUSE if error.retry_after is None else error.retry_after
                await self._limits.pause(client.endpoint.name, pause)
                if last or pause > SHORT_PAUSE:
                    raise Busy(str(error), provider=client.endpoint.name, wait=max(pause, 1.0)) from error
                await asyncio.sleep(pause)
            except QuotaExceeded:
                await self._limits.pause(client.endpoint.name, QUOTA_PAUSE)
                raise
            except Unavailable as error:
                if last or not error.transient:
                    raise
                await asyncio.sleep(random.uniform(0.1, 0.4))
        raise AssertionError("returned or raised above")

    async def _call_once(self, client: Client, breaker: Breaker, prompt: Prompt, meter: Meter) -> Reply:
        endpoint = client.endpoint
        async with self._limits.slot(endpoint.name, prompt.max_tokens, endpoint.timeout, PATIENCE) as slot:
            call = await meter.open(endpoint, prompt)
            with breaker.trial() as trial:
                try:
                    reply = await client.complete(prompt)
                except ProviderError as error:
                    if isinstance(error, Unavailable | Misconfigured):
                        trial.failed()
                    if not isinstance(error, Unavailable):
                        slot.used = 0  # refused before anything was computed
                    meter.close(call, None, str(error))
                    raise
                trial.succeeded()
            slot.used = reply.usage.tokens
            outcome = "refused" if reply.refusal is not None else "cut_off" if reply.cut_off else "answered"
            meter.close(call, reply, outcome)
            return reply


def parse(reply: Reply, shape: type[T]) -> T:
    """The JSON of a reply, also between words or in a fence. Raises ValueError saying what is wrong."""
    text = reply.text
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        raise ValueError("there is no JSON object in the answer")
    if reply.cut_off or end < start:
        raise ValueError("the answer was cut off: it is too long")
    try:
        return shape.model_validate(orjson.loads(text[start : end + 1]))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the answer'}: {first['msg']}") from None


def _correction(reply: Reply, wrong: str) -> list[dict[str, str]]:
    said = reply.text[:MOST_SHOWN] or "(nothing)"
    asked = f"That cannot be used: {wrong}. Answer again, with the JSON object alone, shorter if need be."
    return [{"role": "assistant", "content": said}, {"role": "user", "content": asked}]


def _most_hopeful(failures: Sequence[ProviderError]) -> ProviderError:
    """One that says when to come back, the soonest; else the last."""
    waits = [one for one in failures if isinstance(one, Busy)]
    return min(waits, key=lambda one: one.wait) if waits else failures[-1]
