"""lead_scoring, from the request to a score that explains itself."""

from __future__ import annotations

import aiohttp

from tests.acceptance.companies.prospects import ended, get, post
from tests.acceptance.conftest import Office


async def test_a_score_explains_its_features(office: Office, boss: aiohttp.ClientSession) -> None:
    attributes = {"employees": "240", "founded": "1987"}
    made = await post(boss, "/api/companies", {"name": "Acme (scored)", "attributes": attributes}, 201)
    asked = await post(boss, "/api/scoring", {"companies": [made["id"]], "ai": True})
    result = await ended(boss, asked)
    company = await get(boss, f"/api/companies/{made['id']}")
    score = company["score"]
    assert result["scores"] == {made["id"]: score["score"]}
    assert sum(feature["points"] for feature in score["features"]) == round(score["base_score"], 2)
    assert abs(score["score"] - score["base_score"]) <= 10 and score["ai"]["model"] == "stand-in-1"
    assert {feature["name"] for feature in score["features"] if feature["value"] is not None} == {"age", "size"}
