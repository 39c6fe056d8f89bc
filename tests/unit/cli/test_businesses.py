"""`trigpoint businesses`: what it asks for, what it prints, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

BUSINESS = {
    "id": "b1", "name": "Bakery [Miller]", "website": "http://miller.example/", "websiteStatus": "ok", "city": "Bonn",
    "excluded": False, "phone": None,
}  # fmt: skip
JOBS = [{"jobId": f"j{n}", "businessId": "b1", "type": kind, "isNew": True}
        for n, kind in enumerate(("website_validation", "email_scraping"), 1)]  # fmt: skip


def test_listing_passes_the_filters_on(platform: StandIn) -> None:
    page = {"businesses": [BUSINESS | {"found": {"email": 2}}], "total": 7, "limit": 50, "offset": 0}
    platform.on("GET /api/v1/businesses", page)
    options = ["--status", "ok", "--email", "--not-excluded", "--city", "Bonn", "--name", "mill", "--limit", "9"]
    result = trigpoint("businesses", "list", *options, platform=platform)
    assert result.exit_code == 0, result.output
    assert "Bakery [Miller]" in result.stdout and result.stdout.splitlines()[-1] == "1 of 7"
    assert platform.queries == [
        {"websiteStatus": "ok", "hasEmail": "true", "excluded": "false", "city": "Bonn", "q": "mill", "limit": "9",
         "offset": "0"}
    ]  # fmt: skip
    assert json.loads(trigpoint("businesses", "list", "--json", platform=platform).stdout) == page
    assert trigpoint("businesses", "list", "--status", "splendid", platform=platform).exit_code == 2


def test_a_business_is_shown_with_its_findings(platform: StandIn) -> None:
    email = {"address": "info@miller.example", "confidence": 0.9}
    whole = BUSINESS | {"emails": [email], "socials": [], "phones": []}
    platform.on("GET /api/v1/businesses/b1", whole)
    shown = trigpoint("businesses", "show", "b1", platform=platform).stdout
    assert "info@miller.example" in shown and "phone " not in shown
    assert json.loads(trigpoint("businesses", "show", "b1", "--json", platform=platform).stdout) == whole
    missing = trigpoint("businesses", "show", "b2", platform=platform)
    assert missing.exit_code == 1 and "(404)" in missing.stderr


def test_a_business_is_added_with_its_fields(platform: StandIn) -> None:
    platform.on("POST /api/v1/businesses", BUSINESS | {"isNew": True, "jobs": JOBS}, status=201)
    options = ["--website", "miller.example", "--zip", "53111", "--priority", "1"]
    result = trigpoint("businesses", "add", "Bakery Miller", *options, platform=platform)
    assert result.stdout.splitlines() == [
        "b1 added", "website_validation: trigpoint jobs watch j1", "email_scraping: trigpoint jobs watch j2"
    ]  # fmt: skip
    assert platform.asked[-1][2] == {"name": "Bakery Miller", "website": "miller.example", "zipCode": "53111"}
    assert platform.queries == [{"priority": "1"}]


def test_a_file_is_imported(platform: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("Firm,Website\nMiller,miller.example\n")
    created = {"jobId": "j1", "isNew": True, "message": "Import job created for 1 businesses"}
    platform.on("POST /api/v1/businesses/import", created, status=202)
    options = ["--map", "name=Firm", "--no-visit", "--source", "fair", "--priority", "7"]
    result = trigpoint("businesses", "import", str(file), *options, platform=platform)
    assert result.exit_code == 0 and "trigpoint jobs watch j1" in result.stdout
    assert platform.queries == [{"mapping": '{"name": "Firm"}', "visit": "false", "source": "fair", "priority": "7"}]
    assert platform.asked[-1][2] == file.read_text()


def test_an_export_goes_to_its_file_and_a_refused_key_writes_none(platform: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    platform.on("GET /api/v1/businesses/export.csv", {"some": "lines"})
    result = trigpoint("businesses", "export", "--out", str(file), "--email", platform=platform)
    assert result.exit_code == 0 and json.loads(file.read_text()) == {"some": "lines"}
    assert platform.queries == [{"hasEmail": "true"}]
    platform.answers.clear()
    platform.on("GET /api/v1/businesses/export.csv", {"detail": "The key is not known."}, status=401)
    other = tmp_path / "none.csv"
    refused = trigpoint("businesses", "export", "--out", str(other), platform=platform)
    assert refused.exit_code == 4 and not other.exists()


def test_all_are_validated_page_by_page(platform: StandIn) -> None:
    first, second = ({"businesses": 2, "jobs": JOBS, "next": following} for following in ("b2", None))
    platform.on("POST /api/v1/validations", first, second, status=202)
    result = trigpoint("businesses", "validate", "--all", "--type", "email_scraping", platform=platform)
    assert (result.exit_code, result.stdout) == (0, "4 jobs for 4 businesses\n")
    bodies = [body for _, _, body in platform.asked]
    assert bodies == [
        {"all": True, "jobTypes": ["email_scraping"]}, {"all": True, "jobTypes": ["email_scraping"], "after": "b2"}
    ]  # fmt: skip


def test_validations_are_followed_and_the_worst_is_the_exit_code(platform: StandIn) -> None:
    platform.on("POST /api/v1/validations", {"businesses": 1, "jobs": JOBS, "next": None}, status=202)
    platform.on("GET /api/v1/jobs/j1", JOB | {"type": "website_validation", "result": {"websiteStatus": "parked"}})
    failed = {"type": "email_scraping", "status": "failed", "result": None, "error": "parked: it is for sale"}
    platform.on("GET /api/v1/jobs/j2", JOB | failed)
    result = trigpoint("businesses", "validate", "b1", "--watch", platform=platform)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2:] == ["website_validation: parked", "email_scraping: parked: it is for sale"]


def test_validation_needs_a_selection(platform: StandIn) -> None:
    for arguments in ([], ["b1", "--all"], ["--all", "--watch"]):
        assert trigpoint("businesses", "validate", *arguments, platform=platform).exit_code == 2
    assert platform.asked == []
