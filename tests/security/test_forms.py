"""Forms of the dashboard are read within a limit, before and after signing in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests import harness

BOUNDARY = "frontier"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def part(name: str, value: str) -> str:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


async def endless(sent: list[int]) -> AsyncIterator[bytes]:
    """Send form data until the server closes the connection, at most 200 MB."""
    for _ in range(3_200):
        sent.append(65_536)
        yield b"a=%E2%82%AC&" * 4_681


@pytest.mark.parametrize("content", ["urlencoded", "multipart"])
async def test_a_sign_in_form_without_end_is_refused(url: str, content: str) -> None:
    sent: list[int] = []
    headers = MULTIPART if content == "multipart" else URLENCODED
    async with aiohttp.ClientSession(url) as http:
        try:
            async with http.post("/login", data=endless(sent), headers=headers) as response:
                assert response.status == 413
        except (aiohttp.ClientConnectionError, ConnectionResetError):
            pass  # the server closes the connection while we are sending
    assert sum(sent) < 20_000_000, "the server did not read on"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("&".join(f"f{n}=" for n in range(1_100)), URLENCODED, 400),
        ("".join(part(f"f{n}", "") for n in range(1_100)) + f"--{BOUNDARY}--\r\n", MULTIPART, 413),
        ("a=1", {"Content-Type": "multipart/form-data"}, 400),
        ("no parts at all", MULTIPART, 400),
        ('{"key": "x"}', {"Content-Type": "application/json"}, 415),
        ("key=%FF%FE&csrf=%00", URLENCODED, 403),
    ],
)
async def test_malformed_sign_in_forms_get_a_page_with_the_reason(
    url: str, body: str, headers: dict[str, str], status: int
) -> None:
    async with aiohttp.ClientSession(url) as http, http.post("/login", data=body, headers=headers) as response:
        page = await response.text()
        assert response.status == status, page
        assert response.content_type == "text/html"
        assert "Something went wrong" not in page


async def test_forms_of_signed_in_users_are_bounded_as_well(url: str) -> None:
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        page = await (await http.get("/login")).text()
        token = _token(page)
        async with http.post(
            "/login", data={"csrf": token, "key": harness.ADMIN_KEY, "next": "/"}, allow_redirects=False
        ) as response:
            assert response.status == 303
        token = _token(await (await http.get("/keys")).text())
        for path in ("/keys", "/users", "/jobs", "/schedules/new"):
            form = BytesIO(f"csrf={token}&name={'x' * 1_100_000}".encode())
            async with http.post(path, data=form, headers=URLENCODED) as response:
                assert response.status == 413, path
        async with http.post("/keys", data={"csrf": token, "name": "a key"}) as response:
            assert response.status == 200


def _token(page: str) -> str:
    match: Any = re.search(r'name="csrf" value="([^"]+)"', page)
    return str(match[1])
