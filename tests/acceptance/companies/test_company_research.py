"""company_research, from the request to the report; and with its worker killed during the job."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Any

import aiohttp

from tests import harness
from tests.acceptance.companies.prospects import company, get, post
from tests.acceptance.conftest import Office
from tests.benchmarks.citations import examine
from tests.servers.standin import CONTROL


async def model_state(office: Office) -> dict[str, Any]:
    """Return the requests to the model and its replies."""
    async with aiohttp.ClientSession() as http, http.get(office.llm.url + CONTROL) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_report_with_the_documented_responses(office: Office, boss: aiohttp.ClientSession) -> None:
    company_id = await company(boss, office, "Acme Widgets Ltd")
    asked = await post(boss, f"/api/research/{company_id}", {})
    assert asked["status"] == "queued" and asked["poll_url"] == f"/api/jobs/{asked['job_id']}"
    assert asked["quota"]["researches_limit"] == 100 and asked["estimated_completion_seconds"] > 0
    statuses = Counter[int]()

    async def finished() -> dict[str, Any] | None:
        async with boss.get(asked["poll_url"], headers={"Prefer": "wait=1"}) as response:
            statuses[response.status] += 1
            body: dict[str, Any] = await response.json()
            if response.status == 202:
                assert body["job"]["status"] in ("queued", "active")
                assert body["queue"] == "research" and body["poll_interval_ms"] >= 500
                assert body["estimated_completion"] > body["created_at"]
                return None
            return body

    done = await harness.eventually(finished)
    assert done is not None and done["job"]["status"] == "completed" and done["job"]["progress"] == 100
    result = done["result"]
    assert result == done["job"]["result"] and result["status"] == "complete" and result["sections_complete"] == 8
    again = await post(boss, f"/api/research/{company_id}", None, 200)
    assert again["result"] == result and again["quota"] == asked["quota"], "a fresh report is reused and costs nothing"
    report = await get(boss, f"/api/reports/{result['report_id']}")
    assert report["confidence_score"] == result["confidence_score"]
    found = await examine(boss, result["report_id"])
    assert found.citations and not found.failures


async def test_no_section_is_written_again_after_a_killed_worker(office: Office, boss: aiohttp.ClientSession) -> None:
    await office.llm.behave(latency=0.5)
    before = Counter[str]((await model_state(office))["answered"])
    company_id = await company(boss, office, "Acme Widgets (killed)")
    asked = await post(boss, f"/api/research/{company_id}", {})

    async def halfway() -> bool:
        job = await get(boss, f"/api/v1/jobs/{asked['job_id']}")
        assert job["completedAt"] is None
        return bool(2 <= job["processedItems"] < 7)

    await harness.eventually(halfway)
    worker = office.up.pid_of("arq")
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    committed = await get(boss, f"/api/v1/jobs/{asked['job_id']}")
    report_id = await report_of(boss, company_id)
    written = {
        s["title"] for s in (await get(boss, f"/api/reports/{report_id}"))["sections"] if s["status"] != "pending"
    }
    assert len(written) >= committed["processedItems"] >= 2
    await office.llm.behave(latency=0.05)
    job = await harness.follow(boss, asked["job_id"])
    assert (job["status"], job["attempt"], job["processedItems"]) == ("completed", 1, 8)
    assert job["result"]["report_id"] == report_id
    calls = Counter((await model_state(office))["answered"]) - before
    assert all(calls[title] == 1 for title in written), "what was committed is not paid for again"
    assert set(calls) == {section["title"] for section in (await get(boss, f"/api/reports/{report_id}"))["sections"]}
    assert not (await examine(boss, report_id)).failures


async def report_of(client: aiohttp.ClientSession, company_id: str) -> str:
    [report] = (await get(client, f"/api/companies/{company_id}/reports"))["reports"]
    return str(report["id"])
