"""Results in sentences: every kind has them, and they say what happened and what to do next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.web.dashboard.core.results import to_sections
from app.web.dashboard.jobs.result_stories import STORIES, tell
from app.web.dashboard.jobs.story import share_of
from workers import registry

JOB = UUID(int=7)
SPECS = {kind.spec.kind: kind.spec for kind in registry.load().values()}
GEOCODED: dict[str, Any] = {
    "households": 100_000,
    "failed": 472,
    "geocoded": 99_528,
    "byProvider": {"census": 99_528},
    "byAccuracy": {"rooftop": 90_000, "interpolated": 8_000, "street": 1_408, "postcode": 120},
    "shares": {"rooftop": 90.0, "none": 0.5},
    "expectedError": {"medianMetres": 12.0, "p90Metres": 240.0},
    "doubts": {"coarse": 120},
    "failures": {"census: no match": 472},
    "confidence": [0] * 9 + [99_528],
    "agreement": {"compared": 0, "within100m": 0, "ambiguous": 0, "ambiguousItems": []},
    "distance": None,
    "cache": {"hits": 0, "duplicates": 0, "misses": 100_000, "hitRate": 0.0},
    "seconds": 60.0,
}
PROBLEM = {"line": 3, "recordId": None, "value": None}
IMPORTED: dict[str, Any] = {
    "read": 1_000, "valid": 992, "inserted": 900, "updated": 62, "unchanged": 30, "duplicateInFile": 0, "rejected": 8,
    "source": "nc", "dryRun": False, "profile": None, "columns": [], "warnings": [], "protected": 3,
    "householdsCreated": 410,
    "summary": {
        "no_id": {"count": 8, "rejected": True, "samples": [
            {**PROBLEM, "code": "no_id", "column": None, "message": "has no id", "rejected": True}]},
        "bad_zip": {"count": 2, "rejected": False, "samples": [
            {**PROBLEM, "code": "bad_zip", "column": "zip", "message": "is no ZIP code", "rejected": False}]},
    },
}  # fmt: skip


def story_of(kind: str, result: dict[str, Any]) -> tuple[str, dict[str, str], dict[str, list[tuple[str, float]]]]:
    """The sentences as one text, the labels and addresses of the steps, and the bars by their titles."""
    story = tell(SPECS[kind], JOB, result)
    assert story is not None
    bars = {section.title: [(bar.label, bar.value) for bar in section.bars] for section in to_sections(story.figures)}
    return " ".join(story.sentences), {step.label: step.path for step in story.steps}, bars


def test_every_kind_with_a_published_result_has_a_story() -> None:
    assert {spec.result for spec in SPECS.values() if spec.result} == set(STORIES)


def test_geocoding_says_how_exactly_and_what_to_do() -> None:
    text, steps, bars = story_of("geocode_households", GEOCODED)
    assert text.startswith(
        "99,528 of 100,000 households have coordinates (99.5 %): 98,000 to the house, 1,408 to the street, 120 only to"
        " the ZIP code, city or region. 472 were not found; the errors below say why. rooftop 90.0 % · "
    )
    assert "nine of ten within 240 m" in text
    assert "A person should look at 120 households." in text
    assert steps["Review what is doubtful (120)"] == "/review"
    assert steps["See why 472 failed"] == f"/jobs/{JOB}#errors"
    assert steps["Show the 120 inexact ones"] == f"/households?job={JOB}&location=area"
    assert bars["Reasons for doubt"] == [("Coarse", 120)]
    assert bars["By exactness"][0] == ("Building", 90_000)


def test_an_import_tells_rejected_rows_from_kept_ones() -> None:
    text, steps, bars = story_of("voter_import", IMPORTED)
    assert text.startswith("1,000 rows read: 900 new, 62 changed, 30 unchanged. They live in 410 new households.")
    assert "8 rows were left out" in text
    assert list(steps) == ["Put the new households on the map", "Import the corrected rows"]
    assert bars["Reasons why rows were left out"] == [("The row has no id", 8)]
    assert bars["Reasons why values were left out of rows that were kept"] == [("zip is no ZIP code", 2)]
    trial, steps, _ = story_of("voter_import", IMPORTED | {"dryRun": True})
    assert "This was a trial: nothing was stored." in trial and steps == {}


@pytest.mark.parametrize(
    ("kind", "result", "text"),
    [
        ("email_scraping", {"pages": 3, "pagesRead": [], "emails": 2, "phones": 1},
         "Found 2 e-mail addresses and 1 phone number on 3 pages. The business shows each with the words around it."),
        ("website_revalidation", {"businesses": 0, "jobs": 0},
         "All websites were checked recently, so none is checked again."),
        ("lead_scoring", {"scored": 1, "not_found": 0, "scores": {"a": 63.2}}, "The score is 63 of 100."),
        ("signal_notification", {"sent": False, "reason": "no channel"}, "No message was sent: no channel."),
        ("company_enrichment",
         {"company_id": str(JOB), "found": ["website"],
          "sources": {"website": {"status": "found", "fields": ["phone", "employees"]},
                      "companies_house": {"status": "off"}}},
         "The website had: phone, employees. Companies House is not configured."),
        ("import_undo",
         {"removed": 4, "restored": 2, "kept": 1, "householdsRemoved": 0, "householdsRestored": 0},
         "4 records removed, and 2 restored to what they were. 1 record kept, because a later import changed them."),
    ],
)  # fmt: skip
def test_other_kinds(kind: str, result: dict[str, Any], text: str) -> None:
    assert story_of(kind, result)[0] == text


def test_a_result_of_another_shape_has_no_story() -> None:
    assert tell(SPECS["geocode_households"], JOB, {"geocoded": 3}) is None
    assert tell(SPECS["geocode_households"], JOB, GEOCODED | {"byAccuracy": {"somewhere": 1}}) is None
    assert tell(None, JOB, {"anything": 1}) is None


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(99_999, 100_000, "99.9 %"), (5, 5, "100 %"), (0, 0, "0 %"), (1, 3, "33.3 %")]
)
def test_shares(part: int, whole: int, text: str) -> None:
    assert share_of(part, whole) == text
