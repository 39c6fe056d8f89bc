"""Prompts, replies and prices of language models, and the errors that other providers do not have.

BadRequest
└── TooLong         the prompt is longer than the model takes: shorten it
ProviderError
├── Refused         the model declines to answer; another one may answer
└── Unusable        two answers in a row were not the requested JSON
BudgetExceeded      not an error of a provider: the next call could exceed the budget
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from providers.errors import BadRequest, ProviderError

Messages = Sequence[dict[str, str]]
MESSAGE_OVERHEAD_TOKENS = 16
"""The most that a server adds to a message."""
PER_MILLION = 1_000_000


class TooLong(BadRequest):
    """The prompt is longer than the model takes."""


class ModelRefusal(ProviderError):
    """The model declines to answer."""


class Unusable(ProviderError):
    """The answer is not the requested JSON."""


class BudgetExceeded(Exception):
    """The next call could cost more than what is left of the budget."""


class CostSource(StrEnum):
    """Where the cost of a call is from."""

    PROVIDER = "provider"
    PRICES = "prices"
    """The tokens that the provider counted, at the configured prices."""
    WORST_CASE = "worst_case"
    """The most that the call can have cost: the provider counted no tokens."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return the cost in US dollars."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / PER_MILLION


@dataclass(frozen=True)
class Endpoint:
    """One model behind one OpenAI-compatible API."""

    name: str
    """`llm` or `llm-fallback`; workers share the limits under this name."""
    url: str
    """With its version path, such as `https://openrouter.ai/api/v1`."""
    model: str
    key: str | None = None
    prices: Prices | None = None
    timeout_seconds: float = 60.0
    """For a whole call."""


@dataclass(frozen=True)
class Prompt:
    """A question to a model, whose answer is JSON."""

    messages: Messages
    schema: dict[str, Any]
    """The JSON schema of the answer."""
    schema_name: str
    answer_tokens: int
    """The maximum length of the answer."""

    @property
    def max_prompt_tokens(self) -> int:
        """An upper bound for any tokenizer, because no token is shorter than a byte. Includes the schema."""
        text = sum(len(message["content"].encode()) + MESSAGE_OVERHEAD_TOKENS for message in self.messages)
        return text + len(str(self.schema).encode())

    @property
    def max_tokens(self) -> int:
        """The most that prompt and answer can have together."""
        return self.max_prompt_tokens + self.answer_tokens


@dataclass(frozen=True)
class Usage:
    """The tokens and the cost of a call."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    cost_source: CostSource

    @property
    def tokens(self) -> int:
        """Tokens of the prompt and the answer together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class ModelReply:
    """The answer of a model; `text` is not validated yet."""

    text: str
    model: str
    cut_off: bool
    """The answer reached `answer_tokens` before its end."""
    refusal: str | None
    usage: Usage
    request_id: str | None
    latency_ms: int
