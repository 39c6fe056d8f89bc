"""Calls of one model against a real server: replies with usage, and errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.llm.base import CostSource, Endpoint, Prices, Prompt, TooLong
from tests.servers.llm import MODEL, PER_TOKEN_USD, LlmStandIn, Mood

if TYPE_CHECKING:
    from providers.llm.client import ChatClient

PROMPT = Prompt(
    [
        {
            "role": "user",
            "content": 'Section: Overview. <source id="S1" kind="website">\nOne two three four five six.\n</source>',
        }
    ],
    {"type": "object", "properties": {"claims": {"type": "array", "maxItems": 6}}},
    "section",
    100,
)
LONG = Prompt([{"role": "user", "content": "x" * 5000}], {}, "section", 100)


@pytest.fixture
async def llm() -> AsyncIterator[LlmStandIn]:
    async with LlmStandIn() as running:
        yield running


@pytest.fixture
async def client(llm: LlmStandIn) -> AsyncIterator[ChatClient]:
    from providers.llm.client import ChatClient  # not by every process that collects: it takes a second

    made = ChatClient(
        Endpoint("llm", llm.url, MODEL, "sk-secret", Prices(1.0, 2.0), timeout_seconds=1.0), "Trigpoint/1.0"
    )
    yield made
    await made.close()


async def test_usage_as_the_provider_reports_it(client: ChatClient) -> None:
    reply = await client.complete(PROMPT)
    assert reply.model == MODEL and reply.request_id and not reply.cut_off
    assert reply.usage.cached_tokens == 7 and reply.usage.cost_source is CostSource.PROVIDER
    assert reply.usage.cost_usd == pytest.approx(reply.usage.tokens * PER_TOKEN_USD)
    assert reply.usage.tokens < PROMPT.max_tokens


async def test_without_reported_usage_the_worst_case_counts(client: ChatClient, llm: LlmStandIn) -> None:
    llm.be(Mood.NO_USAGE)
    usage = (await client.complete(PROMPT)).usage
    assert (usage.tokens, usage.cost_source) == (PROMPT.max_tokens, CostSource.WORST_CASE)
    assert usage.cost_usd == pytest.approx((PROMPT.max_prompt_tokens * 1.0 + 100 * 2.0) / 1e6)


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        (Mood.RATE_LIMITED, RateLimited),
        (Mood.BAD_KEY, Misconfigured),
        (Mood.NO_CREDIT, QuotaExceeded),
        (Mood.DOWN, Unavailable),
        (Mood.ERROR_IN_200, Unavailable),
        (Mood.HANGS_UP, Unavailable),
        (Mood.HANGS, Unavailable),
    ],
)
async def test_statuses_raise_errors_named_by_what_to_do(
    client: ChatClient, llm: LlmStandIn, mood: Mood, kind: type[ProviderError]
) -> None:
    llm.be(mood)
    with pytest.raises(kind) as failed:
        await client.complete(PROMPT)
    assert failed.value.provider == "llm" and "sk-secret" not in str(failed.value)
    if isinstance(failed.value, RateLimited):
        assert failed.value.retry_after == 1.0
    assert len(llm.calls) == 1, "the client retries nothing by itself"


async def test_a_prompt_that_is_too_long_does_not_change_the_request_form(client: ChatClient, llm: LlmStandIn) -> None:
    llm.be(Mood.SMALL)
    with pytest.raises(TooLong):
        await client.complete(LONG)
    assert len(llm.calls) == 1


async def test_a_server_without_schemas_refuses_only_the_first_request(client: ChatClient, llm: LlmStandIn) -> None:
    llm.be(Mood.NO_SCHEMA)
    for _ in range(2):
        await client.complete(PROMPT)
    formats = [call.body.get("response_format", {}).get("type") for call in llm.calls]
    assert formats == ["json_schema", "json_schema", "json_object", "json_object"]
    assert "maxItems" not in str(llm.calls[1].body["response_format"])


async def test_replies_report_refusals_and_truncated_texts(client: ChatClient, llm: LlmStandIn) -> None:
    llm.be(Mood.REFUSES)
    assert (await client.complete(PROMPT)).refusal == "I'm sorry, but I can't help with that."
    llm.be(Mood.CUT_OFF)
    assert (await client.complete(PROMPT)).cut_off


async def test_an_unreachable_server_is_unavailable() -> None:
    from providers.llm.client import ChatClient

    client = ChatClient(Endpoint("llm", "http://127.0.0.1:9/v1", MODEL, timeout_seconds=1.0), "Trigpoint/1.0")
    with pytest.raises(Unavailable) as failed:
        await client.complete(PROMPT)
    assert failed.value.transient and not isinstance(failed.value, BadRequest)
    await client.close()
