"""What is asked of a language model, what comes back, and what can go wrong beside the errors of every provider.

BadRequest
└── TooLong         the prompt is longer than what the model takes: ask with less
ProviderError
├── Refused         the model will not answer this; another one may
└── Unusable        it answered, asked again too, with what is not the JSON that was asked for
BudgetExceeded      not an error of a provider: the next call could cost more than what is left
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from providers.errors import BadRequest, ProviderError

Messages = Sequence[dict[str, str]]
MESSAGE_OVERHEAD = 16
"""Tokens at most that a server adds around a message."""
PER_MILLION = 1_000_000


class TooLong(BadRequest):
    pass


class Refused(ProviderError):
    pass


class Unusable(ProviderError):
    pass


class BudgetExceeded(Exception):
    pass


class CostSource(StrEnum):
    """Who says what a call cost."""

    PROVIDER = "provider"
    PRICES = "prices"
    """Its tokens, as the provider counted them, at the configured prices."""
    WORST_CASE = "worst_case"
    """The provider counted nothing: what it can have been at most."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / PER_MILLION


@dataclass(frozen=True)
class Endpoint:
    """One model behind one OpenAI-compatible API."""

    name: str
    """`llm` or `llm-fallback`: under it limits are shared by all workers."""
    url: str
    """With its version path, such as `https://openrouter.ai/api/v1`."""
    model: str
    key: str | None = None
    prices: Prices | None = None
    timeout: float = 60.0
    """Seconds of a whole call."""


@dataclass(frozen=True)
class Prompt:
    messages: Messages
    schema: dict[str, Any]
    """JSON schema of the answer."""
    schema_name: str
    answer_tokens: int
    """The most that the answer may have."""

    @property
    def max_prompt_tokens(self) -> int:
        """A bound no tokenizer exceeds, since no token is shorter than a byte; with the schema, which some write in."""
        text = sum(len(one["content"].encode()) + MESSAGE_OVERHEAD for one in self.messages)
        return text + len(str(self.schema).encode())

    @property
    def max_tokens(self) -> int:
        return self.max_prompt_tokens + self.answer_tokens


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    cost_source: CostSource

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class Reply:
    """What a model said; `text` is not yet known to be JSON."""

    text: str
    model: str
    cut_off: bool
    """It would have gone on, but for `answer_tokens`."""
    refusal: str | None
    usage: Usage
    request_id: str | None
    latency_ms: int
