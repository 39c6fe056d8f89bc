"""How long research waits for a model or a host, and what signals say of pages that they cannot read."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.companies.identity.subject import Subject
from app.domain.companies.research.sources import SourceKind
from workers.companies.company_research import MAX_SNOOZES, MAX_WAIT_SECONDS, wait_without_progress
from workers.companies.research.gather import Gathered
from workers.companies.research.site_pages import SitePage
from workers.companies.research.source_result import SourceResult
from workers.companies.signal_detection import list_unjudged


def test_a_model_that_always_asks_for_a_second_is_asked_in_a_dozen_rounds_at_most() -> None:
    waited, rounds = 0.0, 0
    while waited < MAX_WAIT_SECONDS:
        rounds += 1
        waited += wait_without_progress(1.0, rounds)
    assert rounds <= 12 < MAX_SNOOZES


def test_waits_are_as_long_as_asked_for() -> None:
    assert wait_without_progress(1.0, 1) == 1.0
    assert wait_without_progress(60.0, 3) == 60.0


def test_pages_in_other_languages_are_reported_as_not_judged() -> None:
    texts = {
        "https://nord.example/": "Wir sind ein Unternehmen aus Kiel und stellen derzeit nicht ein, das ist schade.",
        "https://nord.example/en": "We are a company of the city and we are hiring for our plant in the north of it.",
        "https://nord.example/x": "Kiel",
    }
    pages = [SitePage(url, "", text, None, datetime(2026, 1, 1, tzinfo=UTC), "") for url, text in texts.items()]
    gathered = Gathered({SourceKind.WEBSITE.value: SourceResult("found", pages=pages)}, Subject("Nord"))
    assert list_unjudged(gathered) == [{"url": "https://nord.example/", "language": "de"}]
