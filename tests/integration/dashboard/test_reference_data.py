"""The pages of reference data: import through the preview, coverage, replacing, removing, and whose data are shown."""

from __future__ import annotations

import re

import aiohttp
import pytest

from app.settings import Settings
from tests import harness
from tests.integration.dashboard.conftest import Visitor
from tests.integration.imports.conftest import worker
from tests.integration.reference.test_lookup import FILE

__all__ = ["worker"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local", "offline")})


async def drop(visitor: Visitor, client: aiohttp.ClientSession, file_name: str, **form: str) -> str:
    """Upload the file on the page, start its import, and follow it. Returns the page that the start leads to."""
    token = await visitor.token("/reference")
    body = aiohttp.FormData()
    body.add_field("file", FILE, filename=f"{file_name}.csv", content_type="text/csv")
    async with visitor.session.post(
        f"/import?kind=reference&csrf={token}", data=body, allow_redirects=False
    ) as response:
        assert response.status == 303, await response.text()
        location = response.headers["location"]
    shown = await visitor.get(location)
    assert '<option value="reference" selected>' in shown.text
    assert "Blossom Ln" in shown.text
    path = location.partition("?")[0]
    fields = {"csrf": token, "kind": "reference", "do": "start", "name": "wake", "dated": "2026-05-01", **form}
    started = await visitor.send(path, fields)
    if started.status == 303:
        job = await harness.follow(client, started.location.rpartition("/")[2])
        assert job["status"] == "completed", job
    return started.location or started.text


@pytest.mark.usefixtures("worker")
async def test_import_replace_and_remove(admin: Visitor, client: aiohttp.ClientSession, user: Visitor) -> None:
    assert "No reference data yet" in (await admin.get("/reference")).text
    assert (await drop(admin, client, "points")).startswith("/jobs/")
    listed = (await admin.get("/reference")).text
    assert "2026-05-01" in listed and "27701" in listed and "all users" in listed
    found = re.search(r'href="(/reference/[0-9a-f-]{36})"', listed)
    assert found is not None
    shown = (await admin.get(found[1])).text
    assert "Coverage by ZIP code" in shown and "name=wake" in shown
    assert "There are data named wake already" in await drop(admin, client, "newer")
    assert (await drop(admin, client, "newer", confirmed="yes")).startswith("/jobs/")
    assert (await admin.get(found[1])).status == 404  # another version is in its place
    assert "No reference data yet" not in (await user.get("/reference")).text
    again = re.search(r'href="(/reference/[0-9a-f-]{36})"', (await admin.get("/reference")).text)
    assert again is not None
    refused = await user.post(f"{again[1]}/remove", confirmed="yes")
    assert refused.status == 303
    assert "wake" in (await admin.get("/reference")).text
    asked = await admin.post(f"{again[1]}/remove")
    assert asked.status == 200 and "Remove wake with its" in asked.text
    assert (await admin.post(f"{again[1]}/remove", confirmed="yes")).location == "/reference"
    assert "No reference data yet" in (await admin.get("/reference")).text


@pytest.mark.usefixtures("worker")
async def test_private_data_are_shown_to_their_owner_and_administrators(
    admin: Visitor, user: Visitor, user_client: aiohttp.ClientSession
) -> None:
    await drop(user, user_client, "mine", name="mine")
    listed = (await user.get("/reference")).text
    assert "mine" in listed and ">you<" in listed.replace("\n", "")
    assert "its owner" in (await admin.get("/reference")).text
