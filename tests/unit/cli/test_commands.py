"""The commands: what they ask of the platform, what they print, how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app
from tests.unit.cli.standin import JOB, StandIn


def trigpoint(*arguments: str, platform: StandIn | None = None) -> Result:
    env = {"TRIGPOINT_URL": platform.url, "TRIGPOINT_API_KEY": "tp_key"} if platform else {}
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "120", **env})


@pytest.mark.parametrize(
    "command", ["", "up", "demo", "worker", "health", "geocode", "jobs", "households", "keys", "migrate", "db"]
)
def test_every_command_explains_itself(command: str) -> None:
    result = trigpoint(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_the_first_help_names_the_first_steps_the_environment_and_the_exit_codes() -> None:
    shown = trigpoint("--help").output
    for word in ("trigpoint demo", "TRIGPOINT_URL", "TRIGPOINT_API_KEY", "DATABASE_URL", "Exit codes"):
        assert word in shown


def test_listing_jobs_passes_the_filters_on(platform: StandIn) -> None:
    page = {"jobs": [JOB], "total": 1, "limit": 5, "offset": 0}
    platform.on("GET /api/v1/jobs", page)
    result = trigpoint("jobs", "list", "--status", "failed", "--limit", "5", "--json", platform=platform)
    assert json.loads(result.stdout) == page
    assert trigpoint("jobs", "list", platform=platform).stdout.splitlines()[-1] == "1 of 1"


def test_showing_a_job_for_people_and_for_scripts(platform: StandIn) -> None:
    platform.on("GET /api/v1/jobs/j1", JOB)
    assert json.loads(trigpoint("jobs", "show", "j1", "--json", platform=platform).stdout) == JOB
    assert '{"geocoded": 4}' in trigpoint("jobs", "show", "j1", platform=platform).stdout


def test_errors_are_listed_with_their_item(platform: StandIn) -> None:
    error = {"householdId": "h1", "address": "1 [red] St", "error": "no match", "timestamp": "2026-01-01T00:00:00Z"}
    platform.on("GET /api/v1/jobs/j1/errors", {"errors": [error], "total": 7})
    shown = trigpoint("jobs", "errors", "j1", platform=platform).stdout
    assert "1 [red] St" in shown
    assert shown.splitlines()[-1] == "1 of 7"


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("cancelled", 1)])
def test_watching_ends_as_the_job_does_without_control_codes(platform: StandIn, status: str, code: int) -> None:
    platform.on("GET /api/v1/jobs/j1", {**JOB, "status": "processing", "processedItems": 2}, {**JOB, "status": status})
    result = trigpoint("jobs", "watch", "j1", platform=platform)
    assert result.exit_code == code
    assert "processing 2/4" in result.stdout
    assert result.stdout.splitlines()[-1] == f"{status}: 4 items, 0 failed"
    assert "\x1b" not in result.stdout


def test_a_geocoding_job_is_created_with_the_given_options(platform: StandIn) -> None:
    created = {"success": True, "jobId": "j1", "message": "Geocoding job created for 4 households"}
    platform.on("POST /api/v1/gis/households/geocode", created, status=202)
    platform.on("GET /api/v1/jobs/j1", JOB)
    result = trigpoint(
        "geocode", "--state", "CA", "--zip", "90001", "--no-fallback", "--watch", "--json", platform=platform
    )
    assert json.loads(result.stdout) == JOB
    body = {"filters": {"state": "CA", "zipCode": "90001"}, "skipGeocoded": True, "useFallback": False}
    assert platform.asked[0][2] == body


def test_a_geocoding_job_needs_a_filter(platform: StandIn) -> None:
    result = trigpoint("geocode", platform=platform)
    assert result.exit_code == 2
    assert platform.asked == []


def test_loading_reports_lines_of_the_file_not_of_the_request(
    platform: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.households.ROWS_A_REQUEST", 2)
    file = tmp_path / "people.csv"
    file.write_text("id,address\n1,A St\n2,B St\n3,\n")
    counts = {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "total": 2, "errors": []}
    error = {"line": 2, "field": "address", "error": "is required"}
    platform.on(
        "POST /api/v1/households",
        counts,
        {**counts, "created": 0, "rejected": 1, "total": 1, "errors": [error]},
        status=201,
    )
    result = trigpoint("households", "load", str(file), platform=platform)
    assert result.exit_code == 1
    assert "line 4: address is required" in result.stderr
    assert result.stdout == "2 created, 0 updated, 0 unchanged, 1 rejected, 3 total\n"
    assert [body for _, _, body in platform.asked] == ["id,address\n1,A St\n2,B St\n", "id,address\n3,\n"]


def test_a_key_for_a_new_user(platform: StandIn) -> None:
    platform.on("GET /api/v1/users", {"users": [{"id": "u1", "email": "bo@example.org"}]})
    platform.on("POST /api/v1/users", {"id": "u2"}, status=201)
    platform.on("POST /api/v1/keys", {"id": "k1", "key": "tp_new"}, status=201)
    assert trigpoint("keys", "create", "laptop", "--user", "Ana@example.org", platform=platform).stdout == "tp_new\n"
    bodies = {name: body for name, _, body in platform.asked}
    assert bodies["POST /api/v1/users"] == {"email": "Ana@example.org", "name": "Ana", "role": "user"}
    assert bodies["POST /api/v1/keys"] == {"name": "laptop", "userId": "u2"}


def test_a_key_for_a_known_user_creates_no_user(platform: StandIn) -> None:
    platform.on("GET /api/v1/users", {"users": [{"id": "u1", "email": "bo@example.org"}]})
    platform.on("POST /api/v1/keys", {"id": "k1", "key": "tp_new"}, status=201)
    made = trigpoint("keys", "create", "laptop", "--user", "BO@example.org", "--json", platform=platform)
    assert json.loads(made.stdout) == {"id": "k1", "key": "tp_new"}
    assert platform.asked[-1][2] == {"name": "laptop", "userId": "u1"}


def test_revoking_a_key(platform: StandIn) -> None:
    platform.on("DELETE /api/v1/keys/k1", None, status=204)
    assert trigpoint("keys", "revoke", "k1", platform=platform).exit_code == 0


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_health_shows_the_state_of_all_parts(platform: StandIn, status: int, code: int) -> None:
    good = status == 200
    platform.on("GET /readyz", {"status": "ready" if good else "not ready", "checks": {"worker": good}}, status=status)
    result = trigpoint("health", platform=platform)
    assert result.exit_code == code
    assert result.stdout.split() == (["worker", "up", "ready"] if good else ["worker", "DOWN", "not", "ready"])


def test_health_names_what_is_wrong(platform: StandIn) -> None:
    checks = {"postgres": True, "redis": False, "worker": False, "uploads": True}
    reasons = {"redis": "Redis refuses the user or password: correct them in REDIS_URL", "worker": "no worker is alive"}
    platform.on("GET /readyz", {"status": "degraded", "checks": checks, "reasons": reasons})
    platform.on("GET /api/health", {"queues": {"queues": [], "without_workers": []}})
    result = trigpoint("health", platform=platform)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "postgres  up",
        "redis     DOWN  Redis refuses the user or password: correct them in REDIS_URL",
        "worker    DOWN  no worker is alive",
        "uploads   up",
        "queues    0 waiting, 0 active, 0 failed (in 0 queues)",
        "degraded",
    ]


def test_jobs_say_why_they_failed(platform: StandIn) -> None:
    failed = JOB | {"status": "failed", "error": "geocode_households: " + "the provider is away " * 9}
    platform.on("GET /api/v1/jobs", {"jobs": [failed], "total": 1})
    platform.on("GET /api/v1/jobs/j1", failed)
    assert (
        "geocode_households: the provider is away the provider is aw…"
        in trigpoint("jobs", "list", platform=platform).stdout
    )
    assert "the provider is away" in trigpoint("jobs", "show", "j1", platform=platform).stdout


def test_processing_jobs_in_the_api(platform: StandIn) -> None:
    jobs = [{"id": "j1", "jobType": "noop", "status": "failure", "error": "noop: broken"}]
    counts = {"processed": 1, "succeeded": 0, "failed": 1, "remaining": 4}
    platform.on("POST /api/jobs/process", {"jobs": jobs, **counts})
    result = trigpoint("jobs", "process", "--max", "3", "--seconds", "1.5", platform=platform)
    assert result.exit_code == 1
    assert result.stdout == "j1 noop failure noop: broken\n1 processed, 0 succeeded, 1 failed, 4 remaining\n"
    assert platform.asked[-1][2] == {"maxJobs": 3, "timeout": 1500}


def test_ignored_columns_are_named(platform: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,address,town,plz\n1,A St,X,1\n")
    answer = {"created": 1, "total": 1, "ignoredFields": ["town", "plz"]}
    platform.on("POST /api/v1/households", answer)
    result = trigpoint("households", "load", str(file), platform=platform)
    assert result.stderr == "ignored columns (name them with --map): town, plz\n"


def test_a_url_without_a_scheme_is_refused() -> None:
    result = trigpoint("jobs", "list", "--url", "127.0.0.1:21000")
    assert result.exit_code == 2 and "must begin with http://" in result.stderr


def test_examples_are_written_and_kept(tmp_path: Path) -> None:
    assert trigpoint("examples", str(tmp_path)).stdout.count("wrote ") == 6
    (tmp_path / "people.csv").write_text("mine")
    assert trigpoint("examples", str(tmp_path)).stdout.count("kept ") == 6
    assert (tmp_path / "people.csv").read_text() == "mine"


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (404, 1), (500, 1)])
def test_exit_codes_of_refused_requests(platform: StandIn, status: int, code: int) -> None:
    platform.on("GET /api/v1/jobs/j1", {"detail": "because"}, status=status)
    result = trigpoint("jobs", "show", "j1", platform=platform)
    assert result.exit_code == code
    assert "because" in result.stderr
    assert result.stdout == ""


def test_exit_code_without_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.client.transport._pause", lambda state: 0.0)
    result = trigpoint("jobs", "list", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 3
    assert "trigpoint up" in result.stderr


def test_no_database_to_speak_of(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["migrate", "--data-dir", str(tmp_path), "status"], env={"DATABASE_URL": ""})
    assert result.exit_code == 3
    assert "Set DATABASE_URL" in result.stderr
