"""What all routes of the REST API do: methods, formats, unknown parameters and links between pages."""

from __future__ import annotations

import aiohttp
import pytest
from yarl import URL


async def test_options_names_the_methods(client: aiohttp.ClientSession) -> None:
    async with client.options("/api/v1/jobs") as response:
        assert (response.status, response.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    async with client.options("/api/v1/nothing") as response:
        assert response.status == 404


async def test_head_has_the_headers_of_get_and_no_body(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/queues") as whole, client.head("/api/v1/queues") as head:
        assert await head.read() == b""
        for name in ("Content-Type", "Cache-Control"):
            assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("text/html, application/xhtml+xml, */*;q=0.8", 200),
        ("application/*", 200),
        ("text/csv;q=0.5, Application/JSON;q=0.1", 200),
        ("application/problem+json", 200),
        ("text/csv", 406),
        ("application/json;q=0.000, text/*", 406),
    ],
)
async def test_only_accepted_formats_are_sent(client: aiohttp.ClientSession, accept: str, status: int) -> None:
    async with client.get("/api/v1/queues", headers={"Accept": accept}) as response:
        assert response.status == status
        assert ("application/json" in (await response.json()).get("detail", "")) == (status == 406)


async def test_a_route_without_parameters_refuses_them(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/queues?limit=5") as response:
        assert (response.status, (await response.json())["supportedParameters"]) == (400, [])


async def test_links_lead_through_all_pages(client: aiohttp.ClientSession) -> None:
    new = [{"type": "noop"} for _ in range(5)]
    async with client.post("/api/v1/jobs", json=new) as response:
        created = {job["jobId"] for job in (await response.json())["jobs"]}
    found: list[str] = []
    address = "/api/v1/jobs?type=noop&limit=2"
    while address:
        async with client.get(address) as response:
            found += [job["id"] for job in (await response.json())["jobs"]]
            links = response.links
        address = str(links["next"]["url"]) if "next" in links else ""
        assert URL(links["first"]["url"]).relative() == URL("/api/v1/jobs?type=noop&limit=2")
    assert (set(found), len(found)) == (created, 5)


async def test_pages_by_offset_link_back(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        job_id = (await response.json())["jobId"]
    async with client.post(f"/api/v1/jobs/{job_id}/cancel"):
        pass
    async with client.get(f"/api/v1/jobs/{job_id}/timeline?limit=1&offset=1") as response:
        links = {name: URL(link["url"]).query.get("offset") for name, link in response.links.items()}
    assert links == {"first": None, "prev": "0"}


async def test_lists_have_only_the_fields_that_are_asked_for(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        job_id = (await response.json())["jobId"]
    plain = {"Authorization": client.headers["Authorization"]}
    async with aiohttp.ClientSession(client._base_url, headers=plain) as unchecked:  # the entries are incomplete
        async with unchecked.get("/api/v1/jobs?fields=id,status") as response:
            page = await response.json()
            assert "next" not in response.links and "first" in response.links
        assert (page["jobs"], page["total"]) == ([{"id": job_id, "status": "pending"}], 1)
    async with client.get("/api/v1/jobs?fields=id,colour") as response:
        problem = await response.json()
    assert response.status == 400
    assert "colour" in problem["detail"] and "processedItems" in problem["supportedFields"]
