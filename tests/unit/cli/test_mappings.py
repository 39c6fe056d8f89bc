"""`trigpoint mappings`, and saved mappings in commands that send files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.standin import StandIn
from tests.unit.cli.test_commands import trigpoint

JOB_ID = "01920000-0000-7000-8000-000000000000"
SAVED = {"id": "m1", "name": "durham", "kind": "voter_import", "mapping": {"city": "Town"}, "columns": ["town", "nr"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "people.csv"
    made.write_bytes(b"voter_id\n1\n")
    return made


def test_the_mapping_of_a_job_is_saved(platform: StandIn) -> None:
    platform.on("POST /api/v1/mappings", SAVED)
    result = trigpoint("mappings", "save", "durham", "--job", JOB_ID, platform=platform)
    assert result.exit_code == 0 and "saved durham for voter_import files with 2 columns" in result.output


def test_mappings_are_listed_and_deleted_by_name(platform: StandIn) -> None:
    platform.on("GET /api/v1/mappings", {"mappings": [SAVED], "total": 1})
    platform.on("DELETE /api/v1/mappings/m1", {})
    assert "durham" in trigpoint("mappings", "list", platform=platform).output
    assert trigpoint("mappings", "delete", "durham", platform=platform).exit_code == 0
    missing = trigpoint("mappings", "delete", "wake", platform=platform)
    assert missing.exit_code == 1 and "no saved mapping 'wake'" in missing.output


def test_a_saved_mapping_is_used_and_suggested(platform: StandIn, file: Path) -> None:
    platform.on("POST /api/v1/voters/import", {"jobId": "j1", "message": "made", "suggestedMapping": {"name": "wake"}})
    result = trigpoint("import", "voters", str(file), "--mapping", "durham", "--no-header", platform=platform)
    assert platform.queries == [{"mapping": "@durham", "header": "false"}]
    assert "your saved mapping wake fits this file" in result.output
    both = trigpoint("import", "voters", str(file), "--mapping", "durham", "--map", "a=b", platform=platform)
    assert both.exit_code == 2 and "either --mapping, or --map and --set" in both.output
