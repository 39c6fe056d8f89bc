"""Entries of registers that may be a company's: proposed, confirmed and rejected by a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from app.settings import ProviderSettings, Settings
from tests import harness
from tests.integration.companies.test_sources import end
from tests.integration.households.calls import call
from tests.servers.registers import NUMBER, CompaniesHouseStandIn
from tests.servers.standin import KEY


@pytest.fixture
async def with_register(settings: Settings) -> AsyncIterator[Settings]:
    async with CompaniesHouseStandIn() as house:
        providers = {"companies_house": ProviderSettings(url=house.url, key=KEY)}
        yield settings.model_copy(update={"providers": providers})


async def company_of(client: aiohttp.ClientSession, **facts: Any) -> str:
    made = await call(client, "POST", "/api/companies", json={"name": "Acme Widgets", **facts})
    assert made.status == 201, made.raw
    return str(made.json["id"])


async def enrich(client: aiohttp.ClientSession, company: str) -> dict[str, Any]:
    """Enrich a company; return the result of the register."""
    result = (await end(client, "/api/enrichment", {"company_id": company}))["result"]
    assert isinstance(result, dict)
    found: dict[str, Any] = result["sources"]["companies_house"]
    return found


async def pending(client: aiohttp.ClientSession, company: str) -> list[dict[str, Any]]:
    params = {"company_id": company, "status": "pending"}
    listed = await call(client, "GET", "/api/v1/register-candidates", params=params)
    assert listed.status == 200, listed.raw
    found: list[dict[str, Any]] = listed.json["candidates"]
    return found


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, "only the name agrees"),
        ({"name": "Acme Widgets GmbH", "attributes": {"city": "Leeds"}}, "legal form"),
        ({"name": "Acme Widgets, Inc.", "attributes": {"city": "Leeds"}}, "legal form"),
        ({"attributes": {"city": "Leeds", "country": "Australia"}}, "the company is in AU"),
        ({"name": "Bolt and Sons", "registryNumber": NUMBER}, "the number is that of ACME WIDGETS LTD"),
    ],
)
async def test_an_entry_that_is_not_certain_is_a_candidate(
    client: aiohttp.ClientSession, with_register: Settings, facts: dict[str, Any], reason: str
) -> None:
    known = {name.replace("registryNumber", "registry_number"): value for name, value in facts.items()}
    company = await company_of(client, **known)
    async with harness.worker(with_register):
        assert (await enrich(client, company))["status"] == "uncertain"
    shown = (await call(client, "GET", f"/api/companies/{company}")).json
    assert shown["fields"] == {} and shown["registry_number"] == facts.get("registryNumber")
    [candidate] = await pending(client, company)
    assert (candidate["entryId"], candidate["name"]) == (NUMBER, "ACME WIDGETS LTD")
    assert reason in " ".join(candidate["reasons"])


@pytest.mark.parametrize(
    "mark", [{"city": "Leeds"}, {"postcode": "ls1 1aa"}, {"address": "1 Mill Lane, Leeds, LS1 1AA"}]
)
async def test_an_entry_with_a_second_mark_is_a_fact(
    client: aiohttp.ClientSession, with_register: Settings, mark: dict[str, str]
) -> None:
    company = await company_of(client, attributes=mark)
    async with harness.worker(with_register):
        assert (await enrich(client, company))["status"] == "found"
    shown = (await call(client, "GET", f"/api/companies/{company}")).json
    assert shown["registry_number"] == NUMBER and shown["fields"]["registered_name"]["value"] == "ACME WIDGETS LTD"
    assert await pending(client, company) == []


async def test_a_confirmed_candidate_counts(client: aiohttp.ClientSession, with_register: Settings) -> None:
    company = await company_of(client)
    async with harness.worker(with_register):
        await enrich(client, company)
        [candidate] = await pending(client, company)
        answer = await call(client, "POST", f"/api/v1/register-candidates/{candidate['id']}/confirm")
        assert answer.status == 200 and answer.json["status"] == "confirmed", answer.raw
        shown = (await call(client, "GET", f"/api/companies/{company}")).json
        assert shown["registry_number"] == NUMBER and shown["fields"]["registry_status"]["value"] == "active"
        assert (await enrich(client, company))["status"] == "found", "it stays the company's"
    assert await pending(client, company) == []


async def test_a_rejected_candidate_is_not_proposed_again(
    client: aiohttp.ClientSession, with_register: Settings
) -> None:
    company = await company_of(client)
    async with harness.worker(with_register):
        await enrich(client, company)
        [candidate] = await pending(client, company)
        path = f"/api/v1/register-candidates/{candidate['id']}"
        assert (await call(client, "POST", f"{path}/confirm")).status == 200
        assert (await call(client, "POST", f"{path}/reject")).json["status"] == "rejected"
        shown = (await call(client, "GET", f"/api/companies/{company}")).json
        assert shown["registry_number"] is None and shown["fields"] == {}, "what came from it is removed"
        assert (await enrich(client, company))["status"] == "nothing"
    assert await pending(client, company) == []


async def test_unknown_candidates(client: aiohttp.ClientSession) -> None:
    assert (await call(client, "POST", f"/api/v1/register-candidates/{uuid4()}/confirm")).status == 404
    assert (await call(client, "POST", "/api/v1/register-candidates/nobody/reject")).status in (404, 422)
    assert (await call(client, "GET", "/api/v1/register-candidates", params={"company_id": "nobody"})).status == 404
    assert (await call(client, "GET", "/api/v1/register-candidates", params={"status": "maybe"})).status == 422
