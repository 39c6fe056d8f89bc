"""Importing a file with the forms of the dashboard, as a browser without scripts does."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import orjson
import pytest

from app.settings import Settings
from tests.integration.dashboard.conftest import Visitor
from tests.integration.imports.test_previews import sent

FILE = (
    b"Nr,Last Name,First Name,Address,City,State,Zip,Born\n"
    b"77,Doe,Ann,1 Main St,Durham,NC,27701,03/04/80\n78,Roe,Bob,2 Main St,Durham,NC,27701,05/06/81\n"
)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"uploads_url": (tmp_path / "uploads").as_uri()})


class Form(HTMLParser):
    """The first form of the main part of a page that sends to `action`: its controls as they are filled in."""

    def __init__(self, action: str, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self._action, self._inside, self._select = action, False, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside:
            return
        name, value = given.get("name") or "", given.get("value")
        if tag == "select":
            self._select, self.choices[name] = name, []
        elif tag == "option" and value is not None:
            if not self.choices[self._select] or "selected" in given:
                self.values[self._select] = value
            self.choices[self._select].append(value)
        elif tag == "option" and "selected" in given:
            self.values[self._select] = "?"
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = value or ""


async def opened(visitor: Visitor, path: str) -> tuple[Form, str]:
    page = await visitor.get(path)
    assert page.status == 200, page.text
    return Form(urlsplit(path).path, page.text), page.text


async def job(client: aiohttp.ClientSession, location: str) -> dict[str, Any]:
    assert location.startswith("/jobs/"), location
    async with client.get(f"/api/v1{location}") as response:
        found: dict[str, Any] = await response.json()
    return found


def query(location: str) -> Mapping[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def test_all_options_reach_the_job(admin: Visitor, client: aiohttp.ClientSession) -> None:
    path = f"/import/{(await sent(client, FILE, kind='voters'))['upload']['id']}"
    form, text = await opened(admin, f"{path}?kind=voters")
    assert form.choices["header"] == ["", "true", "false"] and form.choices["dateOrder"] == ["", "mdy", "dmy", "ymd"]
    assert "north_carolina" in form.choices["profile"]
    menus = {"use.Nr": "recordId", "use.Born": "birthDate", "use.State": "-"}
    again = await admin.send(path, form.values | menus | {"do": "show", "county": "Durham", "dateOrder": "dmy"})
    assert again.status == 303
    asked = query(again.location)
    assert orjson.loads(asked["mapping"]) == {"recordId": "Nr", "birthDate": "Born", "ignored": "State"}
    assert (asked["county"], asked["dateOrder"]) == ("Durham", "dmy") and "csrf" not in asked
    form, text = await opened(admin, again.location)
    assert form.values["use.State"] == "-" and form.values["dateOrder"] == "dmy" and form.values["county"] == "Durham"
    assert "1980-04-03" in text and "is not used, as you said" in text
    checks = dict.fromkeys(("allowOverwrite", "geocodeAfter", "dryRun", "split", "retireMissing"), "true")
    made = await admin.send(path, form.values | menus | checks | {"do": "start", "source": "durham-2026"})
    data = (await job(client, made.location))["data"]
    assert {name: data[name] for name in ("source", "county", "dateOrder")} == {
        "source": "durham-2026", "county": "Durham", "dateOrder": "dmy"
    }  # fmt: skip
    assert [data[name] for name in ("allowOverwrite", "geocodeAfter", "dryRun", "retireMissing")] == [True] * 4
    assert data["mapping"] == {"record_id": "Nr", "birth_date": "Born", "ignored": "State"}


async def test_a_saved_mapping_is_offered_and_used_with_its_constants(
    admin: Visitor, client: aiohttp.ClientSession
) -> None:
    mapping = {"recordId": "Nr", "address": ["City", "Address"], "state": {"constant": "NC"}}
    body = {"name": "durham", "kind": "voter_import", "mapping": mapping, "dateOrder": "dmy"}
    columns = ["Nr", "Last Name", "First Name", "Address", "City", "State", "Zip", "Born"]
    async with client.post("/api/v1/mappings", json=body | {"columns": columns}) as response:
        assert response.status == 201, await response.text()
    path = f"/import/{(await sent(client, FILE, kind='voters'))['upload']['id']}"
    form, text = await opened(admin, f"{path}?kind=voters&mapping=" + '{"recordId":"Nr"}')
    assert "You saved the mapping" not in text, "one is chosen already"
    form, text = await opened(admin, f"{path}?kind=voters")
    assert "You saved the mapping “durham”" in text
    chosen = await admin.send(path, form.values | {"do": "suggested"})
    assert orjson.loads(query(chosen.location)["mapping"]) == mapping
    assert query(chosen.location)["dateOrder"] == "dmy"
    form, text = await opened(admin, chosen.location)
    assert "state is “NC”" in text
    menus = {"use.Nr": "recordId", "use.City": "address", "use.Address": "address"}
    made = await admin.send(path, form.values | menus | {"do": "start"})
    used = (await job(client, made.location))["data"]["mapping"]
    assert (used["address"], used["state"]) == (mapping["address"], mapping["state"]), "the order of columns stays"


async def test_what_is_refused_is_said_above_the_form(admin: Visitor, client: aiohttp.ClientSession) -> None:
    path = f"/import/{(await sent(client, FILE, kind='voters'))['upload']['id']}"
    form, _ = await opened(admin, f"{path}?kind=voters")
    refused = await admin.send(path, form.values | {"do": "start", "source": "x" * 150, "use.Nr": "recordId"})
    assert refused.status == 422 and "source" in refused.text
    assert Form(path, refused.text).values["source"] == "x" * 150
    without_kind = await admin.send(path, form.values | {"do": "start", "kind": "cats"})
    assert without_kind.status == 400 and "Choose what the file is to be imported as." in without_kind.text


async def test_other_kinds_have_their_own_options(admin: Visitor, client: aiohttp.ClientSession) -> None:
    upload = await sent(client, b"address,city,state\n1 Main St,Durham,NC\n", kind="geocode-file")
    path = f"/import/{upload['upload']['id']}"
    form, _ = await opened(admin, f"{path}?kind=geocode-file")
    assert "country" in form.values and not form.values.keys() & {"dryRun", "profile", "source", "dateOrder"}
    made = await admin.send(path, form.values | {"do": "start", "country": "us", "dryRun": "true"})
    assert (await job(client, made.location))["data"]["country"] == "us"
    upload = await sent(client, b"name,website\nAcme,https://acme.example\n", kind="businesses")
    path = f"/import/{upload['upload']['id']}"
    form, _ = await opened(admin, f"{path}?kind=businesses")
    assert form.choices["visit"] == ["", "false"] and "county" not in form.values
    made = await admin.send(path, form.values | {"do": "start", "visit": "false"})
    assert (await job(client, made.location))["data"]["visit"] is False


async def test_of_very_many_columns_the_used_ones_have_menus(admin: Visitor, client: aiohttp.ClientSession) -> None:
    header = ",".join([*(f"c{number}" for number in range(600)), "voter_id"])
    upload = await sent(client, f"{header}\n{'x,' * 600}7\n".encode(), kind="voters")
    form, text = await opened(admin, f"/import/{upload['upload']['id']}?kind=voters")
    menus = [name for name in form.choices if name.startswith("use.")]
    assert len(menus) == 250 and "use.voter_id" in menus and "351 further columns are not used" in text


async def test_companies_and_households_are_stored_at_once(admin: Visitor, client: aiohttp.ClientSession) -> None:
    for kind, table in (
        ("households", b"id,address,city,state,zip\n1,1 Main St,Durham,NC,27701\n2,,Durham,NC,27701\n"),
        ("companies", b"Company,Company Number\nAcme,1\n,2\n"),
    ):
        path = f"/import/{(await sent(client, table, kind=kind))['upload']['id']}"
        form, _ = await opened(admin, f"{path}?kind={kind}")
        assert not form.values.keys() & {"source", "header", "dryRun", "split"}
        stored = await admin.send(path, form.values | {"do": "start", "use.Company": ""})
        assert (stored.status, stored.location) == (303, f"{path}?kind={kind}"), stored.text
        shown = await admin.get(stored.location)
        assert (
            "The file was stored: 1 created" in shown.text
            and "1 rows were left out, the first in line 3:" in shown.text
        )
        async with client.get(f"/api/v1/{kind}") as response:
            assert len((await response.json())[kind]) == 1
