"""TIGER's address ranges: houses are found along the lines, on their side, by every name of the street."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pyogrio.raw
import pytest

from app.domain.vocabulary.distance import great_circle_metres
from app.settings import Settings
from tests.integration.imports.conftest import Send
from tests.integration.imports.test_conversions import stored
from tests.integration.reference.tiger_files import address_ranges, feature_names, packed

METRE = 1 / 111_195
LAYER = "Layers that were read: 'tl_2024_37063_addrfeat'."
STREETS: list[dict[str, Any]] = [
    {"TLID": 1, "FULLNAME": "N Main St", "LFROMHN": "101", "LTOHN": "199", "RFROMHN": "100", "RTOHN": "198",
     "ZIPL": "27701", "ZIPR": "27701", "PARITYL": "O", "PARITYR": "E",
     "line": [(-78.9, 36.0), (-78.9, 36.0 + 200 * METRE)]},
    {"TLID": 2, "FULLNAME": "Oak Ln", "line": [(-78.8, 36.1), (-78.8, 36.101)], "ZIPL": "27703"},
    {"TLID": 3, "FULLNAME": "Long Rd", "LFROMHN": "1", "LTOHN": "999", "ZIPL": "27703", "PARITYL": "O",
     "line": [(-78.7, 36.1), (-78.7, 36.13)]},
    {"TLID": 4, "FULLNAME": None, "line": [(-78.8, 36.1), (-78.8, 36.101)]},
    {"TLID": 5, "FULLNAME": "Elm St", "LFROMHN": "30-01", "LTOHN": "30-99", "ZIPL": "27703",
     "line": [(-78.6, 36.1), (-78.6, 36.101)]},
]  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local", "offline")})


async def test_houses_are_interpolated_along_the_lines(client: aiohttp.ClientSession, imported: Send) -> None:
    names = [(1, "N Main St"), (1, "US Hwy 501"), (2, "Oak Ln")]
    job = await imported("reference", address_ranges(STREETS, names), source="tiger", dated="2024-01-01")
    counts = {name: job["result"][name] for name in ("read", "rejected", "inserted", "streets")}
    assert counts == {"read": 5, "rejected": 1, "inserted": 7, "streets": 5}, job

    async def ask(address: str) -> dict[str, Any]:
        async with client.post("/api/v1/geocode", json={"address": address}) as response:
            assert response.status == 200, await response.text()
            found: dict[str, Any] = await response.json()
            return found

    for address in ("149 N Main St, Durham, NC 27701", "149 North Main Street, Durham, NC", "149 US 501, NC 27701"):
        found = await ask(address)
        assert (found["provider"], found["accuracy"]) == ("local", "interpolated"), found
        assert found["evidence"]["basis"] == "range"
        assert found["evidence"]["between"] == ["101", "199"]
        assert great_circle_metres(36.0, -78.9, found["latitude"], -78.9) == pytest.approx(200 * 48 / 98, abs=1)
        assert found["longitude"] < -78.9, "odd numbers are on the left"
    assert (await ask("150 N Main St, Durham, NC 27701"))["longitude"] > -78.9
    for address in ("5 Oak Ln, Durham, NC 27703", "500 N Main St, Durham, NC 27701", "31 Long Rd, Durham, NC 27703"):
        found = await ask(address)
        assert (found["provider"], found["accuracy"]) == ("local", "street"), found


def test_tables_that_are_not_used_are_named(tmp_path: Path) -> None:
    assert stored(address_ranges(STREETS, [(1, "N Main St")]))[2] == [LAYER]
    other = "FEATNAMES has no name of a line that was read: it is of other lines, perhaps of another county."
    assert stored(address_ranges(STREETS, [(99, "N Main St")]))[2] == [LAYER, other]
    fields = [np.array([1]), np.array(["Ann"], object)]
    pyogrio.raw.write(
        tmp_path / "owners.dbf", None, fields, ["id", "owner"], driver="ESRI Shapefile", geometry_type=None
    )
    archive = io.BytesIO(address_ranges(STREETS))
    with zipfile.ZipFile(archive, "a") as members:
        members.write(tmp_path / "owners.dbf", "county/owners.dbf")
    assert stored(archive.getvalue())[2] == [LAYER, "Tables without map data were not read: owners.dbf."]


async def test_names_without_lines_are_refused_with_the_way_out(tmp_path: Path, send: Send) -> None:
    feature_names(tmp_path / "tl_2024_37063_featnames.dbf", [(1, "N Main St")])
    (tmp_path / "tl_2024_37063_featnames.cpg").write_text("UTF-8")
    problem = await send("reference", packed(tmp_path), status=400)
    assert "Send them with ADDRFEAT of the same county" in problem["detail"]
