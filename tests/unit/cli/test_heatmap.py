"""`heatmap`, `cities` and `jobs release`: what they ask for and print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

CREATED = {"jobId": "j1", "status": "pending", "isNew": True, "estimatedCells": 3132}
BOUNDS = {"south": 21.0, "west": -87.0, "north": 21.2, "east": -86.8}
REGION = {"citySlug": "cancun", "gridStep": 0.0025, "bounds": BOUNDS, "cells": 6400, "pois": 12,
          "computedAt": "2026-01-01T00:00:00Z", "stale": True, "jobId": "j0"}  # fmt: skip


def test_a_city_is_scheduled_and_followed(platform: StandIn) -> None:
    platform.on("POST /api/v1/heatmap/schedule", CREATED, status=202)
    platform.on("GET /api/v1/jobs/j1", JOB)
    result = trigpoint("heatmap", "schedule", "--city", "cancun", "--watch", platform=platform)
    assert result.exit_code == 0 and "3132 cells" in result.output
    assert platform.asked[0][2] == {"citySlug": "cancun", "gridStep": 0.0025, "force": False}


def test_a_box_and_invalid_regions(platform: StandIn) -> None:
    platform.on("POST /api/v1/heatmap/schedule", CREATED | {"isNew": False, "status": "running"}, status=202)
    box = ("--bbox", "-87,21,-86.8,21.2")
    result = trigpoint("heatmap", "schedule", *box, "--grid-step", "0.01", platform=platform)
    assert "running already" in result.output and "trigpoint jobs watch j1" in result.output
    assert platform.asked[0][2] == {"bounds": BOUNDS, "gridStep": 0.01, "force": False}
    for wrong in ((), ("--city", "x", *box), ("--bbox", "1,2,3")):
        assert trigpoint("heatmap", "schedule", *wrong, platform=platform).exit_code == 2


def test_reset_forgets_first(platform: StandIn) -> None:
    platform.on("POST /api/v1/heatmap/reset", {"removed": 7})
    platform.on("POST /api/v1/heatmap/schedule", CREATED, status=202)
    result = trigpoint("heatmap", "reset", "--city", "cancun", platform=platform)
    assert result.exit_code == 0 and "7 cells removed" in result.output
    assert [asked[0] for asked in platform.asked] == ["POST /api/v1/heatmap/reset", "POST /api/v1/heatmap/schedule"]


def test_stale_regions_are_scheduled_again(platform: StandIn) -> None:
    platform.on("GET /api/v1/heatmap/regions", {"regions": [REGION], "total": 1})
    platform.on("POST /api/v1/heatmap/schedule", CREATED, status=202)
    result = trigpoint("heatmap", "regions", "--refresh", platform=platform)
    assert "1 of 1, 1 scheduled" in result.output and "cancun" in result.output
    assert platform.queries[0] == {"limit": "50", "stale": "true"}
    assert platform.asked[1][2] == {"bounds": BOUNDS, "gridStep": 0.0025}


def test_a_score_and_its_reasons(platform: StandIn) -> None:
    driver = {"name": "Chedraui", "category": "supermarket", "metres": 250, "rank": 1, "contribution": 1.0}
    platform.on("GET /api/v1/score", {"score": 63, "drivers": [driver], "job": {"jobId": "j1"}})
    shown = trigpoint("heatmap", "score", "--explain", "--", "21.16", "-86.85", platform=platform).output
    assert shown.startswith("63\n") and "Chedraui" in shown and "jobs watch j1" in shown
    assert platform.queries[0] == {"latitude": "21.16", "longitude": "-86.85", "explain": "true"}


def test_export_writes_a_file(platform: StandIn, tmp_path: Path) -> None:
    platform.on("GET /api/v1/heatmap", {"type": "FeatureCollection"})
    out = tmp_path / "cells.geojson"
    box = ("--bbox", "-87,21,-86.8,21.2")
    assert trigpoint("heatmap", "export", *box, "--out", str(out), platform=platform).exit_code == 0
    assert json.loads(out.read_text()) == {"type": "FeatureCollection"}
    assert platform.queries[0] == {"bbox": "-87,21,-86.8,21.2", "gridStep": "0.0025", "format": "geojson"}


TABLE = "name,slug,south,west,north,east,population\nOne,,1,2,3,4,\nTwo,two,,,,,5\n"
ENTRIES = [
    {"name": "One", "bounds": {"south": 1.0, "west": 2.0, "north": 3.0, "east": 4.0}},
    {"name": "Two", "slug": "two", "population": 5},
]


@pytest.mark.parametrize("text", [TABLE, json.dumps(ENTRIES)], ids=["csv", "json"])
def test_cities_are_loaded_from_a_file(platform: StandIn, tmp_path: Path, text: str) -> None:
    file = tmp_path / "cities"
    file.write_text(text)
    platform.on("POST /api/v1/cities", {"created": 1, "updated": 1, "total": 2}, status=201)
    result = trigpoint("cities", "load", str(file), platform=platform)
    assert "1 created, 1 updated, 2 total" in result.output
    assert platform.asked[0][2] == ENTRIES


def test_cities_are_listed(platform: StandIn) -> None:
    city = {"slug": "cancun", "name": "Cancún", "country": "MX", "population": 888_797, "bounds": BOUNDS}
    platform.on("GET /api/v1/cities", {"cities": [city], "total": 1})
    assert "Cancún" in trigpoint("cities", "list", "--search", "can", platform=platform).output
    assert platform.queries[0] == {"search": "can", "limit": "50"}


def test_stale_jobs_are_released(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/release", {"released": 2, "undelivered": 0})
    assert trigpoint("jobs", "release", "--stale", platform=platform).output == "2 released\n"
    assert trigpoint("jobs", "release", platform=platform).exit_code == 2
