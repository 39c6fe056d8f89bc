"""Metrics of providers. docs/metrics.md describes them. Labels are names of providers and of kinds of errors."""

from __future__ import annotations

import re

from prometheus_client import Counter, Histogram

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

CALLS = Counter("trigpoint_provider_calls_total", "Requests to providers, by outcome.", ["provider", "outcome"])
SECONDS = Histogram("trigpoint_provider_call_seconds", "Duration of these requests.", ["provider"], buckets=BOUNDS)
RATE_LIMIT_WAIT = Histogram(
    "trigpoint_rate_limit_wait_seconds", "Waiting for a provider's rate limit.", ["provider"], buckets=BOUNDS
)
LLM_TOKENS = Counter("trigpoint_llm_tokens_total", "Tokens of language models.", ["endpoint", "type"])
LLM_COST = Counter("trigpoint_llm_cost_usd_total", "Reported or computed cost of calls in US dollars.", ["endpoint"])
PAGES = Counter("trigpoint_pages_fetched_total", "Pages of websites, by outcome.", ["outcome"])


def outcome_of(error: BaseException | None) -> str:
    """Return the label of a call that ended with this error: `ok`, or its class, such as `rate_limited`."""
    return "ok" if error is None else _WORD.sub("_", type(error).__name__).lower()
