"""Requests with a million members or findings cost little, and do not hold up the event loop."""

from __future__ import annotations

from io import BytesIO

import aiohttp
import orjson
import pytest
from pydantic import BaseModel, ValidationError

from app.errors import MAX_FINDINGS, Invalid
from app.web.http import request_parsing
from app.web.http.problems import invalid
from app.web.http.request_parsing import MAX_MEMBERS

WIDE = {f"f{n}": 0 for n in range(400_000)}


async def post(client: aiohttp.ClientSession, path: str, value: object) -> tuple[int, dict[str, object]]:
    body = BytesIO(orjson.dumps(value))
    async with client.post(path, data=body, headers={"Content-Type": "application/json"}) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (WIDE, ""),
        ({"type": "noop", "data": {"x": [WIDE]}}, "data.x.0"),
        ({"type": "noop", "data": WIDE}, "data"),
        ([{"type": "noop"}, WIDE], "1"),
        ([{"type": "noop", "data": WIDE}], "0.data"),
    ],
    ids=["body", "member of data", "data", "entry", "data of an entry"],
)
async def test_objects_with_too_many_members_are_not_validated(
    client: aiohttp.ClientSession, value: object, field: str
) -> None:
    status, problem = await post(client, "/api/v1/jobs", value)
    assert (status, problem["errors"][0]["field"]) == (422, field)  # type: ignore[index]
    assert "members; an object may have 1,000" in str(problem["detail"])


def test_as_many_members_as_allowed_pass() -> None:
    request_parsing.check_width(dict.fromkeys(map(str, range(MAX_MEMBERS)), 0))
    with pytest.raises(Invalid):
        request_parsing.check_width({"inner": dict.fromkeys(map(str, range(MAX_MEMBERS + 1)), 0)})


async def test_findings_are_listed_up_to_a_number_and_then_counted(client: aiohttp.ClientSession) -> None:
    class Numbers(BaseModel):
        numbers: list[int]

    with pytest.raises(ValidationError) as caught:
        Numbers.model_validate({"numbers": ["x"] * 5_000})
    error = invalid(caught.value, None)
    assert len(error.findings) == MAX_FINDINGS
    assert error.extra["moreErrors"] == 5_000 - MAX_FINDINGS
    status, problem = await post(client, "/api/v1/validations", {"businessIds": ["x"] * 1_500})
    assert (status, problem["moreErrors"]) == (422, 1_500 - MAX_FINDINGS)
