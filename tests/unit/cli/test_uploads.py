"""`trigpoint uploads`: files that are looked at before they are imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.cli.standin import StandIn
from tests.unit.cli.test_commands import trigpoint

ID = "01920000-0000-7000-8000-000000000000"
UPLOAD: dict[str, Any] = {
    "id": ID, "fileName": "people.csv", "format": "delimited", "convertedFrom": None, "parts": [], "part": None,
    "receivedBytes": 12, "expiresAt": "2026-01-02T03:04:05Z",
}  # fmt: skip
PREVIEW: dict[str, Any] = {
    "upload": UPLOAD, "kind": "voters", "rows": 1200, "rowsAreExact": False, "notes": ["a note"], "warnings": [],
    "columns": [{"column": "Nr", "fields": ["recordId"], "samples": ["17"]}], "problem": None,
    "records": [
        {"line": 2, "record": {"recordId": "17"}, "problems": []},
        {"line": 3, "record": None, "problems": [{"column": "Nr", "message": "is empty"}]},
    ],
}  # fmt: skip


def test_a_file_is_shown(platform: StandIn, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"Nr\n17\n\n")
    platform.on("POST /api/v1/uploads", PREVIEW)
    result = trigpoint(
        "uploads", "preview", str(tmp_path / "people.csv"), "--kind", "voters", "--map", "city=Ort", platform=platform
    )
    assert result.exit_code == 0, result.output
    for words in ("about 1,200 rows", ID, "a note", "recordId", "17", "left out", "Nr is empty"):
        assert words in result.output, words
    assert platform.queries == [{"kind": "voters", "mapping": '{"city": "Ort"}'}]


def test_what_is_wrong_is_an_error(platform: StandIn, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"Nr\n17\n\n")
    platform.on("POST /api/v1/uploads", PREVIEW | {"problem": "No column is the id."})
    result = trigpoint("uploads", "preview", str(tmp_path / "people.csv"), platform=platform)
    assert result.exit_code == 1 and "No column is the id." in result.output


def test_an_upload_is_started_listed_and_deleted(platform: StandIn) -> None:
    platform.on("POST /api/v1/pois/import", {"jobId": "j1", "message": "made"})
    platform.on("GET /api/v1/uploads", {"uploads": [UPLOAD]})
    platform.on(f"DELETE /api/v1/uploads/{ID}", {})
    started = trigpoint("uploads", "start", ID, "--kind", "pois", platform=platform)
    assert started.exit_code == 0 and "jobs watch j1" in started.output
    assert platform.queries[0] == {"uploadId": ID}
    assert "people.csv" in trigpoint("uploads", "list", platform=platform).output
    assert "deleted" in trigpoint("uploads", "delete", ID, platform=platform).output


def test_companies_and_households_are_stored_at_once(platform: StandIn) -> None:
    platform.on("POST /api/v1/companies", {"created": 2, "updated": 0, "rejected": 0, "total": 2, "errors": []})
    error = {"line": 3, "field": None, "error": "has no address", "externalId": None}
    counts = {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "total": 2}
    platform.on("POST /api/v1/households", counts | {"errors": [error]})
    shown = trigpoint("uploads", "start", ID, "--kind", "companies", platform=platform)
    assert shown.exit_code == 0 and "2 created, 0 updated, 0 rejected, 2 total" in shown.output
    shown = trigpoint("uploads", "start", ID, "--kind", "households", platform=platform)
    assert shown.exit_code == 1 and "line 3:  has no address" in shown.output
    assert platform.queries == [{"uploadId": ID}] * 2


def test_an_upload_takes_the_place_of_a_file(platform: StandIn, tmp_path: Path) -> None:
    platform.on("POST /api/v1/voters/import", {"jobId": "j1", "message": "made", "columns": []})
    made = trigpoint("import", "voters", "--upload", ID, "--county", "Durham", platform=platform)
    assert made.exit_code == 0 and "jobs watch j1" in made.output, made.output
    assert platform.queries == [{"uploadId": ID, "county": "Durham"}] and platform.asked[0][2] == ""
    (tmp_path / "people.csv").write_bytes(b"Nr\n17\n\n")
    for given in ((), (str(tmp_path / "people.csv"), "--upload", ID)):
        assert trigpoint("import", "voters", *given, platform=platform).exit_code == 2
