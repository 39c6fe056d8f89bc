"""A large request is refused before anything is built from it, and its answer is small."""

from __future__ import annotations

import threading
from io import BytesIO

import aiohttp
import orjson
import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from starlette.requests import Request
from starlette.types import Message

from app.errors import MAX_FINDINGS
from app.web.http.problems import invalid
from app.web.http.request_parsing import MAX_ENTRIES, read_model

JSON = {"Content-Type": "application/json"}
UNKNOWN = {f"field{n}": n for n in range(200_000)}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/api/v1/jobs", b"[" + b"[]," * 2_000_000 + b"0]", "more than 500,000 values"),
        ("/api/v1/jobs", orjson.dumps(UNKNOWN), "has 200,000 members; an object may have 1,000"),
        ("/api/v1/jobs", orjson.dumps({"type": "noop", "data": UNKNOWN}), "has 200,000 members"),
        ("/api/v1/jobs", orjson.dumps({"type": "noop", "data": {"x": [0] * 100_001}}), "has 100,001 entries"),
        ("/api/v1/jobs/bulk", orjson.dumps({"filters": dict(list(UNKNOWN.items())[:40_000])}), "40,000 members"),
        ("/api/companies", orjson.dumps({"name": "x", "attributes": UNKNOWN}), "has 200,000 members"),
        ("/api/v1/businesses", orjson.dumps([UNKNOWN]), "has 200,000 members"),
    ],
)
async def test_crowded_json_is_refused(client: aiohttp.ClientSession, path: str, body: bytes, expected: str) -> None:
    async with client.post(path, data=BytesIO(body), headers=JSON) as response:
        text = await response.read()
    assert response.status == 422 and expected in orjson.loads(text)["detail"]
    assert len(text) < 2_000


async def test_errors_are_listed_up_to_a_limit_and_counted(client: aiohttp.ClientSession) -> None:
    body = orjson.dumps({"type": "noop", **{f"{'x' * 900}{n}": n for n in range(900)}})
    async with client.post("/api/v1/jobs", data=BytesIO(body), headers=JSON) as response:
        text = await response.read()
    problem = orjson.loads(text)
    assert response.status == 422 and len(problem["errors"]) == MAX_FINDINGS
    assert problem["detail"].endswith("(and 899 more)") and len(text) < 50_000


class Numbers(BaseModel):
    model_config = ConfigDict(extra="forbid")
    values: list[int]
    thread: str = ""

    @field_validator("thread")
    @classmethod
    def name(cls, value: str) -> str:
        return threading.current_thread().name


def test_very_many_errors_are_one_finding() -> None:
    with pytest.raises(ValidationError) as caught:
        Numbers.model_validate({"values": ["x"] * MAX_ENTRIES})
    error = invalid(caught.value, None, "data")
    assert error.findings == [
        ("data", "has 100,000 invalid values, too many to list. Check its format with a few first")
    ]


@pytest.mark.parametrize(("entries", "thread"), [(10, "MainThread"), (MAX_ENTRIES, "request")])
async def test_large_bodies_are_validated_in_a_thread(entries: int, thread: str) -> None:
    body = orjson.dumps({"values": [0] * entries, "thread": "?"})

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request({"type": "http", "headers": [(b"content-type", b"application/json")]}, receive)
    assert (await read_model(request, Numbers)).thread.startswith(thread)


async def test_ordinary_large_requests_pass(client: aiohttp.ClientSession) -> None:
    jobs = [{"type": "noop", "data": {"seconds": 0}}] * 10_000
    async with client.post("/api/v1/jobs", data=BytesIO(orjson.dumps(jobs)), headers=JSON) as response:
        assert response.status == 202 and (await response.json())["total"] == 10_000
