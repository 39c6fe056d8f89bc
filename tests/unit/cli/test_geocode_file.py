"""`geocode-file` and `geocoders`: what they ask for, what they print and leave behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

CREATED = {"success": True, "jobId": "j1", "message": "Geocoding job created for 4 rows"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("address\n1 Main St\n")
    return path


def test_a_file_is_uploaded_and_downloaded(platform: StandIn, file: Path, tmp_path: Path) -> None:
    platform.on("POST /api/v1/gis/geocode-file", CREATED, status=202)
    platform.on("GET /api/v1/jobs/j1", JOB)
    platform.on("GET /api/v1/jobs/j1/output.csv", {"any": "body"})
    out = tmp_path / "out.csv"
    result = trigpoint("geocode-file", str(file), "--out", str(out), "--map", "address=Situs", platform=platform)
    assert result.exit_code == 0, result.output
    assert platform.asked[0][0] == "POST /api/v1/gis/geocode-file"
    assert platform.asked[0][2] == file.read_text()
    assert json.loads(out.read_text()) == {"any": "body"}
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_the_output_of_a_job_that_did_not_complete_is_named_partial(
    platform: StandIn, file: Path, tmp_path: Path, status: str
) -> None:
    platform.on("POST /api/v1/gis/geocode-file", CREATED, status=202)
    platform.on("GET /api/v1/jobs/j1", {**JOB, "status": status, "error": "None of the 4 rows has an address."})
    platform.on("GET /api/v1/jobs/j1/output.csv", {"any": "body"})
    out = tmp_path / "out.geojson"
    result = trigpoint("geocode-file", str(file), "--out", str(out), platform=platform)
    assert result.exit_code == 1
    assert "out-partial.geojson" in result.stdout and "None of the 4 rows has an address." in result.stdout
    assert platform.queries[-1] == {"format": "geojson"}
    assert json.loads((tmp_path / "out-partial.geojson").read_text()) == {"any": "body"}
    assert not out.exists()


def test_a_failed_job_without_output_says_why_it_failed(platform: StandIn, file: Path, tmp_path: Path) -> None:
    platform.on("POST /api/v1/gis/geocode-file", CREATED, status=202)
    platform.on("GET /api/v1/jobs/j1", {**JOB, "status": "failed", "error": "The uploaded file is gone."})
    result = trigpoint("geocode-file", str(file), "--out", str(tmp_path / "out.csv"), platform=platform)
    assert result.exit_code == 1 and "The uploaded file is gone." in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_without_watch_it_shows_how_to_follow_the_job(platform: StandIn, file: Path) -> None:
    platform.on("POST /api/v1/gis/geocode-file", CREATED, status=202)
    shown = trigpoint("geocode-file", str(file), platform=platform)
    assert "trigpoint jobs watch j1" in shown.stdout
    assert trigpoint("geocode-file", str(file), "--map", "address", platform=platform).exit_code == 2


def test_geocoders(platform: StandIn) -> None:
    times = {"p50Ms": 40.0, "p95Ms": 90.5}
    on = {"name": "nominatim", "on": True, "whyOff": None, "usedToday": 7, "daily": None, "errors": 1, **times}
    off = {
        "name": "here",
        "on": False,
        "whyOff": "TRIGPOINT_PROVIDERS__HERE__KEY is not set",
        "usedToday": 0,
        "daily": 1000,
        "errors": 0,
    }
    said = {"geocoders": [{**on, "breaker": "closed"}, {**off, "breaker": "closed", "p50Ms": None, "p95Ms": None}]}
    platform.on("GET /api/v1/geocoders", said)
    shown = trigpoint("geocoders", platform=platform).stdout
    assert "off: TRIGPOINT_PROVIDERS__HERE__KEY is not set" in shown and "0 of 1000" in shown and "90.5" in shown
    assert json.loads(trigpoint("geocoders", "--json", platform=platform).stdout) == said
