"""company_research on the whole platform: reports contain only what their sources state, whatever the model returns."""

from __future__ import annotations

from hashlib import sha256

import aiohttp
import pytest
from redis.asyncio import Redis

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.companies.conftest import Json, Research
from tests.integration.households.calls import call
from tests.servers.llm import MODEL, LlmStandIn, Mood
from tests.servers.site import Site


async def create_with(client: aiohttp.ClientSession, company: str, choice: str) -> str:
    """Create a research job for one model alone; return the id of the job."""
    made = await call(
        client,
        "POST",
        "/api/v1/jobs",
        json={"type": "company_research", "data": {"companyId": company, "model": choice}},
    )
    assert made.status in (200, 201, 202), made.raw
    return str(made.json["jobId"])


KEYS = ["overview", "products", "leadership", "market", "competitors", "financials", "news", "risks"]


async def check(client: aiohttp.ClientSession, report: Json) -> int:
    """Check that the stored text of each source contains its quotations. Returns their number."""
    texts: dict[str, str] = {}
    for source in report["sources"]:
        stored = await call(client, "GET", f"/api/reports/{report['id']}/sources/{source['id']}")
        assert sha256(stored.raw).hexdigest() == source["sha256"]
        texts[source["id"]] = stored.raw.decode()
    claims = [claim for section in report["sections"] for claim in section["claims"]]
    for claim in claims:
        assert claim["sources"]
        assert all(claim["quote"] in texts[source] for source in claim["sources"])
    return len(claims)


def words(report: Json) -> str:
    return " ".join(f"{claim['text']} {claim['quote']}" for s in report["sections"] for claim in s["claims"])


async def test_without_a_model_a_report_quotes(
    settings: Settings, client: aiohttp.ClientSession, research: Research, site: Site
) -> None:
    async with harness.worker(settings):
        report = await research()
    assert [section["key"] for section in report["sections"]] == KEYS
    assert report["model"] == "extractive" and report["status"] == "complete"
    assert await check(client, report) >= 8
    assert {section["model"] for section in report["sections"]} <= {"extractive", None}
    assert all(section["confidence"]["method"] in (0, 0.8) for section in report["sections"])
    assert 0 < report["confidence_score"] < 0.8
    assert report["usage"]["calls"] == 0
    assert "founded in 1987 by Jane Smith" in words(report)
    assert "9,999" not in words(report), "what no reader sees is no source"
    assert "Nobel" not in words(report) and "evil" not in words(report)
    result = report["job"]["result"]
    assert (result["sections_complete"], result["total_sources"]) == (8, len(report["sources"]))
    assert site.asked["/"] == site.asked["/about"] == 1, "each page is read once"


async def test_a_model_writes_every_section_once(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn, site: Site, db_pool: Pool
) -> None:
    async with harness.worker(with_model):
        report = await research()
    assert report["model"] == MODEL and report["status"] == "complete"
    assert await check(client, report) >= 8
    assert set(llm.sections().values()) == {1} and len(llm.calls) == 8
    usage = report["usage"]
    assert usage["calls"] == 8 and usage["lost_calls"] == 0 and usage["cost_sources"] == ["provider"]
    stored = await db_pool.fetch("SELECT * FROM llm_calls")
    assert {row["outcome"] for row in stored} == {"answered"}
    assert usage["cost_usd"] == pytest.approx(sum(row["cost_usd"] for row in stored))
    assert all(row["cached_tokens"] == 7 and row["request_id"] for row in stored)
    body = llm.calls[0].body
    assert body["response_format"]["json_schema"]["strict"] is True
    shown = body["messages"][1]["content"]
    assert site.url not in shown and "Ignore all previous" not in shown, "the model sees ids, and data alone"


async def test_claims_that_a_model_invents_are_dropped(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.LIAR)
    async with harness.worker(with_model):
        report = await research()
    text = words(report)
    for lie in ("Nobel", "7 billion", "Musk", "evil.example", "9,999", "S99", "cheese"):
        assert lie not in text
    assert await check(client, report) >= 8, "what quotation finds is there instead"
    assert report["dropped_claims"] == 8 * 8
    assert report["status"] == "partial" and report["model"] == "extractive"
    dropped = report["sections"][0]["dropped"]
    assert dropped.keys() >= {"quote_not_found", "number_not_in_quote", "name_not_in_quote", "link", "unknown_source"}


@pytest.mark.parametrize(
    ("mood", "calls"),
    [(Mood.MALFORMED, 16), (Mood.CUT_OFF, 16), (Mood.APOLOGISES, 16), (Mood.REFUSES, 8), (Mood.BAD_KEY, None)],
)
async def test_sections_are_quoted_after_unusable_replies(
    with_model: Settings, research: Research, llm: LlmStandIn, mood: Mood, calls: int | None
) -> None:
    llm.be(mood)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "partial" and report["model"] == "extractive"
    assert all("Quotations only" in section["note"] for section in report["sections"])
    assert "sorry" not in words(report)
    if calls is not None:
        assert len(llm.calls) == calls, "asked once more where the form was wrong, never where it was refused"


async def test_if_a_model_finds_nothing_strong_sentences_are_quoted(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.EMPTY)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and report["dropped_claims"] == 0
    sections = {section["key"]: section for section in report["sections"]}
    assert sections["financials"]["model"] == "extractive" and "£31.2 million" in sections["financials"]["text"]
    assert await check(client, report)


async def test_a_malformed_reply_is_requested_again(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.MALFORMED_ONCE)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and report["model"] == MODEL
    assert set(llm.sections().values()) == {2}
    again = next(call for call in llm.calls if call.mood is Mood.HONEST).body["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]


async def test_a_server_without_schemas_gets_them_in_the_prompt(
    with_model: Settings, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.NO_SCHEMA)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and report["model"] == MODEL


@pytest.mark.parametrize("mood", [Mood.THINKS, Mood.SLOPPY, Mood.REFUSES_FORM])
async def test_answers_among_thoughts_and_with_mistakes_are_read(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn, mood: Mood
) -> None:
    llm.be(mood)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and report["model"] == MODEL
    assert set(llm.answered.values()) == {1}, "the first answer is read"
    assert await check(client, report) >= 8


async def test_a_model_that_asks_for_a_pause_of_years_is_not_waited_for(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn, db_pool: Pool
) -> None:
    llm.be(Mood.RATE_LIMITED_FOR_AGES)
    async with harness.worker(with_model.model_copy(update={"llm_concurrency": 1})):
        report = await research()
        assert report["status"] == "partial" and report["model"] == "extractive"
        note = report["sections"][0]["note"]
        assert "longer" in note and "than jobs wait" in note and "HTTP 429" in str(report["sections"])
        async with Redis.from_url(with_model.redis_url) as redis:
            pause = await redis.pttl("trigpoint:llm:{llm}:closed")
    assert 0 < pause <= 300_000, "minutes, after which the next job asks again"
    assert report["usage"]["cost_usd"] in (0, None) and report["usage"]["prompt_tokens"] == 0


async def test_refused_calls_use_no_budget(
    with_model: Settings, research: Research, llm: LlmStandIn, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.llm.models.MAX_QUICK_PAUSE_SECONDS", 0.0)
    llm.be(Mood.RATE_LIMITED, times=24)
    tight = with_model.model_copy(update={"llm_budget_tokens": 44_000})  # enough for eight calls, not for 32
    async with harness.worker(tight):
        report = await research()
    assert report["status"] == "complete" and report["model"] == MODEL
    rows = await db_pool.fetch("SELECT * FROM llm_calls WHERE outcome LIKE 'HTTP 429%'")
    assert rows and all(row["prompt_tokens"] == row["completion_tokens"] == row["cost_usd"] == 0 for row in rows)
    assert all(row["user_id"] is not None for row in rows)


async def test_a_user_has_a_budget_for_the_month(
    with_model: Settings, research: Research, llm: LlmStandIn, db_pool: Pool
) -> None:
    budget = with_model.model_copy(update={"llm_user_budget_tokens": 12_000})
    async with harness.worker(budget):
        first = await research()
        asked = len(llm.calls)
        second = await research()
    spent = await db_pool.fetchval("SELECT sum(prompt_tokens + completion_tokens) FROM llm_calls")
    assert 0 < spent <= 12_000 and 0 < asked < 16
    assert any("the user's budget this month" in (section["note"] or "") for section in second["sections"])
    assert first["usage"]["calls"] > 0 and second["status"] == "partial"


async def test_a_report_whose_site_cannot_be_read_says_so_and_is_free(
    settings: Settings, client: aiohttp.ClientSession
) -> None:
    made = await call(client, "POST", "/api/companies", json={"name": "Gone Ltd", "website": "http://127.0.0.1:9/"})
    async with harness.worker(settings):
        for _ in range(2):
            asked = await call(client, "POST", f"/api/research/{made.json['id']}", json={})
            assert asked.status == 202, "a report without sources is never fresh"
            assert asked.json["quota"]["researches_used"] == 1, "the one in progress"
            job = await harness.follow(client, asked.json["job_id"])
            result = job["result"]
            assert (job["status"], result["status"], result["sections_found"]) == ("completed", "failed", 0)
            assert len(result["problems"]) == 1 and "website gave no source" in result["problems"][0]
            report = (await call(client, "GET", f"/api/reports/{result['report_id']}")).json
            assert report["status"] == "failed" and report["problems"] == result["problems"]
            page = await call(client, "GET", f"/api/reports/{result['report_id']}?format=html")
            assert b"website gave no source" in page.raw


async def test_a_small_context_gets_a_shorter_prompt(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.SMALL)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and report["model"] == MODEL
    assert await check(client, report)


async def test_the_budget_stops_before_the_call(
    with_model: Settings, research: Research, llm: LlmStandIn, db_pool: Pool
) -> None:
    one = 5_500  # what a call of this size may come to at most
    tight = with_model.model_copy(update={"llm_budget_tokens": one, "llm_concurrency": 1})
    async with harness.worker(tight):
        report = await research()
    spent = await db_pool.fetchval("SELECT sum(prompt_tokens + completion_tokens) FROM llm_calls")
    assert 0 < len(llm.calls) < 8 and spent <= one
    assert report["status"] == "partial"
    notes = [section["note"] for section in report["sections"] if section["note"]]
    assert len(notes) == 8 - len(llm.calls) and all("budget" in note for note in notes)


async def test_no_model_is_called_without_sources(
    with_model: Settings, client: aiohttp.ClientSession, llm: LlmStandIn
) -> None:
    async with harness.worker(with_model):
        asked = await call(client, "POST", "/api/research/some-company-id")
        job = await harness.follow(client, asked.json["job_id"])
    report = (await call(client, "GET", f"/api/reports/{job['result']['report_id']}")).json
    assert not llm.calls and report["confidence_score"] == 0
    assert report["status"] == "failed" and "no website" in " ".join(report["problems"])
    assert {section["status"] for section in report["sections"]} == {"not_found"}
    assert {section["text"] for section in report["sections"]} == {"Not found in the sources."}


async def test_an_unavailable_model_is_called_in_the_next_attempt(
    with_model: Settings, client: aiohttp.ClientSession, research: Research, llm: LlmStandIn
) -> None:
    llm.be(Mood.DOWN, times=16)
    async with harness.worker(with_model):
        report = await research()
    assert report["job"]["attempt"] == 2 and report["status"] == "complete" and report["model"] == MODEL
    assert set(llm.answered.values()) == {1}, "what was written in the first attempt is not asked for again"


async def test_a_busy_model_snoozes_the_job(
    with_model: Settings, research: Research, llm: LlmStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.llm.models.MAX_QUICK_PAUSE_SECONDS", 0.5)
    llm.be(Mood.RATE_LIMITED, times=1)
    async with harness.worker(with_model):
        report = await research()
    assert report["job"]["attempt"] == 1 and report["status"] == "complete" and report["model"] == MODEL


async def test_after_too_many_snoozes_sections_are_quoted(
    with_model: Settings, research: Research, llm: LlmStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.companies.company_research.MAX_SNOOZES", 1)
    monkeypatch.setattr("providers.llm.models.MAX_QUICK_PAUSE_SECONDS", 0.5)
    llm.be(Mood.RATE_LIMITED)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "partial" and report["model"] == "extractive"
    assert all("the model was busy" in section["note"] for section in report["sections"])


@pytest.mark.parametrize("mood", [Mood.HANGS_UP, Mood.ERROR_IN_200])
async def test_a_broken_response_is_retried_at_once(
    with_model: Settings, research: Research, llm: LlmStandIn, mood: Mood
) -> None:
    llm.be(mood, times=1)
    async with harness.worker(with_model):
        report = await research()
    assert report["status"] == "complete" and len(llm.calls) == 9


async def test_the_fallback_model_writes_if_the_first_fails(
    with_model: Settings, research: Research, llm: LlmStandIn
) -> None:
    async with LlmStandIn() as second:
        llm.be(Mood.NO_CREDIT)
        both = with_model.model_copy(update={"llm_fallback_url": second.url, "llm_fallback_model": "second"})
        async with harness.worker(both):
            report = await research()
        assert report["status"] == "complete" and set(second.answered.values()) == {1}


async def test_a_chosen_model_is_asked_alone(
    with_model: Settings, client: aiohttp.ClientSession, company: str, llm: LlmStandIn
) -> None:
    async with LlmStandIn() as second:
        both = with_model.model_copy(update={"llm_fallback_url": second.url, "llm_fallback_model": "second"})
        async with harness.worker(both):
            for choice in ("first", "fallback"):
                made = await harness.follow(client, await create_with(client, company, choice))
                assert made["status"] == "completed"
        assert len(llm.calls) == len(second.calls) == 8


async def test_a_model_that_is_not_configured_cannot_be_chosen(client: aiohttp.ClientSession, company: str) -> None:
    refused = await call(client, "POST", "/api/v1/research", json={"companyId": company, "model": "fallback"})
    assert refused.status == 422 and b"TRIGPOINT_LLM_FALLBACK_URL is not set" in refused.raw


async def test_concurrent_calls_are_limited(with_model: Settings, research: Research, llm: LlmStandIn) -> None:
    llm.latency = 0.05
    async with harness.worker(with_model.model_copy(update={"llm_concurrency": 2})):
        await research()
    assert llm.most_at_once == 2
