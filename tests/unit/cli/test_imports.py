"""`trigpoint import`: what it sends, what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

CREATED = {"jobId": "j1", "isNew": True, "message": "Import job created for 3 voters"}
RESULT = {
    "read": 3, "inserted": 2, "rejected": 1, "dryRun": False,
    "summary": {"no_id": {"count": 1, "samples": [{"line": 3, "message": "is empty"}]}},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "people é.csv"
    made.write_bytes(b"voter_id\n1\n")
    return made


def test_the_file_is_sent_with_its_options_and_followed(platform: StandIn, file: Path) -> None:
    platform.on("POST /api/v1/voters/import", CREATED)
    platform.on("GET /api/v1/jobs/j1", JOB | {"result": RESULT})
    options = ["--profile", "generic", "--map", "recordId=Voter Number", "--dry-run", "--max-errors", "5"]
    result = trigpoint("import", "voters", str(file), *options, "--watch", platform=platform)
    assert result.exit_code == 0, result.output
    assert "Import job created for 3 voters" in result.output
    assert "no_id: 1, such as line 3: is empty" in result.output
    assert "rows to correct: trigpoint jobs rejected j1" in result.output
    (asked, headers, _), *_ = platform.asked
    assert asked == "POST /api/v1/voters/import"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''people%20%C3%A9.csv"


@pytest.mark.parametrize("what", ["voters", "parcels", "pois", "businesses"])
def test_without_watch_it_shows_how_to_follow(what: str, platform: StandIn, file: Path) -> None:
    platform.on(f"POST /api/v1/{what}/import", CREATED)
    assert "trigpoint jobs watch j1" in trigpoint("import", what, str(file), platform=platform).output
    shown = trigpoint("import", what, str(file), "--json", platform=platform)
    assert json.loads(shown.stdout) == CREATED


def test_a_failed_import_is_exit_code_1(platform: StandIn, file: Path) -> None:
    platform.on("POST /api/v1/pois/import", CREATED)
    platform.on("GET /api/v1/jobs/j1", JOB | {"status": "failed", "result": None, "error": "too many errors"})
    result = trigpoint("import", "pois", str(file), "--watch", platform=platform)
    assert result.exit_code == 1 and "too many errors" in result.output


def test_a_mapping_that_is_none_is_wrong_usage(platform: StandIn, file: Path) -> None:
    result = trigpoint("import", "voters", str(file), "--map", "recordId", platform=platform)
    assert result.exit_code == 2 and "FIELD=COLUMN" in result.output


def test_columns_are_joined_and_values_set(platform: StandIn, file: Path) -> None:
    platform.on("POST /api/v1/voters/import", CREATED | {"columns": [
        {"column": "HOUSE_NUM", "fields": ["address"], "note": None}, {"column": "Misc", "fields": [], "note": None},
        {"column": "Born", "fields": ["birthDate"], "note": "dates are read as month, day, year"},
    ]})  # fmt: skip
    options = ["--map", "address=HOUSE_NUM+ STREET", "--map", "zipCode=Zip+4", "--set", "state=NC"]
    result = trigpoint("import", "voters", str(file), *options, "--date-order", "dmy", platform=platform)
    assert result.exit_code == 0, result.output
    assert platform.queries == [
        {
            "mapping": '{"address": ["HOUSE_NUM", "STREET"], "zipCode": "Zip+4", "state": {"constant": "NC"}}',
            "dateOrder": "dmy",
        }
    ]
    assert "columns: HOUSE_NUM → address; Born → birthDate" in result.output and "not used: Misc" in result.output
    assert "Born: dates are read as" in result.output
