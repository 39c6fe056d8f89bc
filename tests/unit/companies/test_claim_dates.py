"""When claims were written: old news in a report has its date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.research.claims import Claim, Draft, check
from app.domain.companies.research.sources import Source, SourceKind

ROUND = "Tidemark Instruments raised £2 million from Portline Ventures."
URL = "https://tidemark.example/"


def written_on(text: str, quote: str = ROUND, *, url: str = URL, on: date | None = None, kind: str = "website") -> str:
    source = Source("S1", SourceKind(kind), url, "", text, datetime(2026, 6, 1, tzinfo=UTC), on)
    claim = check(Draft(quote, quote, ("S1",)), {"S1": source}, "Tidemark Instruments")
    assert isinstance(claim, Claim), claim
    return claim.written_on


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("2 March 2019", "2019-03-02"),
        ("Hull, 2 March 2019", "2019-03-02"),
        ("Published on 02/03/2019", "2019-03-02"),
        ("2019", "2019"),
        ("News 2019", "2019"),
        ("7 years ago", "2019"),
        ("Join us in Hull on 2 March 2019 for tea and cakes", ""),
        ("We opened on 2 March 2019.", ""),
        ("Tidemark makes gauges.", ""),
    ],
)
def test_the_dateline_above_a_quotation(above: str, expected: str) -> None:
    assert written_on(f"{above}\nA round\n{ROUND}\nMore text.") == expected


def test_the_date_of_the_page() -> None:
    assert written_on(ROUND, on=date(2019, 3, 2)) == "2019-03-02"
    assert written_on(ROUND, url=f"{URL}2019/03/round") == "2019-03"
    assert written_on(ROUND, url=f"{URL}products/gauge-2010") == ""
    assert written_on(ROUND) == ""
    assert written_on(ROUND, on=date(2019, 3, 2), kind="registry") == ""


def test_a_claim_that_names_its_year_needs_no_other_date() -> None:
    stated = "In 2018, Tidemark Instruments raised £2 million from Portline Ventures."
    assert written_on(f"2 March 2019\n{stated}", stated) == ""


def test_sources_keep_the_datelines_above_evidence() -> None:
    reader = EvidenceReader(Subject("Tidemark Instruments", website=URL))
    text = f"2 March 2019\n{ROUND}\nKelpware raised $9 million."
    assert reader.text_of(TextPage("https://paper.example/a", "", text)) == f"2 March 2019\n{ROUND}"
    assert reader.text_of(TextPage("https://paper.example/a", "", "2 March 2019\nKelpware raised $9 million.")) == ""
