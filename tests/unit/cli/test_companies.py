"""`trigpoint companies`, and the health check with a key."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

CANDIDATE = "01890a5d-ac96-774b-bcce-b302099a8057"
ASKED = {"job_id": "j1", "status": "queued"}


def test_loading_reports_bad_lines(platform: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("id,name\nc1,Acme\nc2,\n")
    error = {"line": 3, "field": "name", "message": "is required"}
    counts = {"created": 1, "updated": 0, "rejected": 1, "total": 2, "errors": [error]}
    platform.on("POST /api/companies", counts, status=201)
    result = trigpoint("companies", "load", str(file), platform=platform)
    assert (result.exit_code, result.stderr) == (1, "line 3: name is required\n")
    assert result.stdout == "1 created, 0 updated, 1 rejected, 2 total\n"


def test_a_research_is_followed_to_its_report(platform: StandIn) -> None:
    platform.on("POST /api/research/acme", ASKED, status=202)
    platform.on("GET /api/v1/jobs/j1", {**JOB, "result": {"report_id": "r1"}})
    result = trigpoint("companies", "research", "acme", "--force", "--watch", platform=platform)
    assert result.exit_code == 0 and "trigpoint companies report r1" in result.stdout
    assert next(body for name, _, body in platform.asked if name.startswith("POST")) == {"force_refresh": True}


def test_two_models_are_compared_side_by_side(platform: StandIn) -> None:
    def written(report_id: str, model: str, text: str, cost: float | None) -> dict[str, object]:
        claims = [{"text": text, "quote": "Acme makes fine hats", "sources": ["S1"]}]
        usage = {"calls": 8, "promptTokens": 900, "completionTokens": 100, "costUsd": cost}
        sections = [{"title": "Overview", "claims": claims}, {"title": "Risks", "claims": []}]
        return {"id": report_id, "model": model, "status": "complete", "confidenceScore": 0.5, "droppedClaims": 2,
                "usage": usage, "sections": sections}  # fmt: skip

    platform.on("POST /api/v1/research", {"jobId": "j1"}, {"jobId": "j2"}, status=202)
    platform.on("GET /api/v1/jobs/j1", {**JOB, "result": {"report_id": "r1"}})
    platform.on("GET /api/v1/jobs/j2", {**JOB, "id": "j2", "result": {"report_id": "r2"}})
    platform.on("GET /api/v1/reports/r1", written("r1", "big-1", "Acme makes hats", 0.0123))
    platform.on("GET /api/v1/reports/r2", written("r2", "small-1", "Acme makes fine hats", None))
    result = trigpoint("research", "compare", "acme", platform=platform)
    assert result.exit_code == 0, result.output
    lines = {line.split("  ")[0].strip(): line.split() for line in result.stdout.splitlines() if line.strip()}
    assert lines["model"][-2:] == ["big-1", "small-1"] and lines["tokens"][-2:] == ["1000", "1000"]
    assert lines["of them quotations"][-2:] == ["0", "1"]
    assert lines["cost, US dollars"][-2:] == ["0.0123", "unknown"]
    assert "Acme makes hats" in result.stdout and "Acme makes fine hats" in result.stdout
    bodies = [body for name, _, body in platform.asked if name.startswith("POST")]
    assert bodies == [{"companyId": "acme", "model": "first"}, {"companyId": "acme", "model": "fallback"}]


def test_many_companies_are_one_request(platform: StandIn) -> None:
    platform.on("POST /api/enrichment", {"jobs": [ASKED, {**ASKED, "job_id": "j2"}], "total": 2}, status=202)
    result = trigpoint("companies", "enrich", "a", "b", platform=platform)
    assert result.stdout.splitlines() == ["queued: trigpoint jobs watch j1", "queued: trigpoint jobs watch j2"]
    assert platform.asked[-1][2] == {"companies": ["a", "b"]}


def test_more_companies_than_a_request_takes_are_several_requests(platform: StandIn) -> None:
    platform.on("POST /api/scoring", ASKED, {**ASKED, "job_id": "j2"}, {**ASKED, "job_id": "j3"}, status=202)
    ids = [f"crm-{number}" for number in range(2_500)]
    result = trigpoint("companies", "score", *ids, platform=platform)
    assert result.stdout.splitlines() == [f"queued: trigpoint jobs watch j{number}" for number in (1, 2, 3)]
    sent = [body["companies"] for name, _, body in platform.asked if name.startswith("POST")]
    assert [len(batch) for batch in sent] == [1_000, 1_000, 500] and sum(sent, []) == ids


def test_all_companies(platform: StandIn) -> None:
    first = {"companies": [{"id": "a"}, {"id": "b"}], "nextCursor": "next"}
    platform.on("GET /api/v1/companies", first, {"companies": [{"id": "c"}], "nextCursor": None})
    platform.on("POST /api/signals", {"jobs": [ASKED]}, status=202)
    assert trigpoint("companies", "signals", "--all", platform=platform).exit_code == 0
    sent = [body["companies"] for name, _, body in platform.asked if name.startswith("POST")]
    assert sent == [["a", "b"], ["c"]]
    assert [query.get("cursor") for query in platform.queries if "limit" in query] == [None, "next"]
    for arguments in ([], ["a", "--all"]):
        refused = trigpoint("companies", "enrich", *arguments, platform=platform)
        assert refused.exit_code == 1 and "--all" in refused.stderr


def test_scores_and_signals_are_listed_and_written(platform: StandIn, tmp_path: Path) -> None:
    features = [{"name": "funding", "points": 12.5}, {"name": "age", "points": 0.0}]
    score = {"score": 42.0, "companyName": "Acme", "externalId": None, "companyId": "c1", "features": features}
    platform.on("GET /api/v1/scores", {"scores": [score]})
    shown = trigpoint("companies", "list-scores", "--min-score", "40", platform=platform)
    assert shown.exit_code == 0 and "Acme" in shown.stdout and "funding 12.5" in shown.stdout
    assert platform.queries[-1]["min_score"] == "40.0"
    signal = {"detectedAt": "2026-06-01T00:00:00Z", "occurredOn": None, "type": "hiring", "title": "Hiring",
              "evidence": {"quote": "We are hiring."}}  # fmt: skip
    platform.on("GET /api/v1/signals", {"signals": [signal]})
    assert "We are hiring." in trigpoint("companies", "list-signals", "--type", "hiring", platform=platform).stdout
    platform.on("GET /api/v1/signals/export.csv", "id")
    out = tmp_path / "signals.xlsx"
    assert trigpoint("companies", "list-signals", "--out", str(out), platform=platform).exit_code == 0
    assert out.exists() and platform.queries[-1]["format"] == "xlsx"


def test_candidates_are_listed_and_decided_on(platform: StandIn) -> None:
    entry = {"id": CANDIDATE, "companyName": "Acme", "name": "ACME LTD", "entryId": "01234567",
             "reasons": ["only the name agrees"], "status": "confirmed"}  # fmt: skip
    platform.on("GET /api/v1/register-candidates", {"candidates": [entry]})
    shown = trigpoint("companies", "candidates", platform=platform)
    assert "ACME LTD" in shown.stdout and "only the name agrees" in shown.stdout
    assert platform.queries[-1]["status"] == "pending"
    for action in ("confirm", "reject"):
        platform.on(f"POST /api/v1/register-candidates/{CANDIDATE}/{action}", entry)
        decided = trigpoint("companies", action, CANDIDATE, platform=platform)
        assert decided.stdout == "confirmed: ACME LTD (01234567) for Acme\n"


def test_a_quota_that_is_used_up(platform: StandIn) -> None:
    platform.on("POST /api/research/acme", {"detail": "The 100 researches of this month are used up."}, status=429)
    result = trigpoint("companies", "research", "acme", platform=platform)
    assert result.exit_code == 1 and "used up" in result.stderr


def test_health_with_a_key_prints_the_queues(platform: StandIn) -> None:
    platform.on("GET /readyz", {"status": "ready", "checks": {"postgres": True}})
    queue = {"name": "research", "waiting": 5, "active": 2, "completed": 1234, "failed": 12, "failed_percent": 1.0,
             "total": 1253}  # fmt: skip
    redis = {"status": "healthy", "url": "redis://localhost:6379", "connected": True, "state": "ready"}
    health = {"redis": redis, "queues": {"status": "healthy", "without_workers": ["research"], "queues": [queue]}}
    platform.on("GET /api/health", health)
    shown = trigpoint("health", platform=platform).stdout
    assert shown.splitlines() == [
        "postgres  up",
        "queues    5 waiting, 2 active, 12 failed (in 1 queues)",
        "          research: 5 waiting, and no worker serves it",
        "ready",
    ]
    shown = trigpoint("health", "--queues", platform=platform).stdout
    for line in ("   Status: Healthy", "   Connected: Yes", "     - Completed: 1,234", "     - Failed: 12 (1.0%)"):
        assert line in shown.splitlines()
