"""Sentences that look like signals but are about somebody else, something else or another time."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.companies.identity.subject import Subject
from app.domain.companies.signal_rules import CrawledPage, find_in_pages

TODAY = date(2026, 6, 1)
TIDE = Subject(
    "Tidemark Instruments",
    website="https://tidemark.example",
    towns=frozenset({"hull"}),
    country="gb",
    is_country_known=True,
)
SEED = "Tidemark Instruments raised £2 million from Portline Ventures."


def kinds(text: str, *, is_own: bool = True, url: str = "", title: str = "", on: date | None = None) -> list[str]:
    url = url or ("https://tidemark.example/news" if is_own else "https://paper.example/a")
    page = CrawledPage(url, title, text, on, "", is_own)
    return [candidate.kind for candidate in find_in_pages([page], TODAY, TIDE)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Job openings will be posted here.",
        "We regularly post open positions on LinkedIn.",
        "We closed our last open position in May.",
        "Beware of fake job openings in our name.",
        "Get notified about open positions by e-mail.",
        "We are hiring a marquee for the summer party.",
        "We hire out tents, and we are hiring out vans from £40 a day.",
        "Our software is used by teams that are hiring.",
        "Our staff raised £120,000 for the lifeboats.",
        "We raised £60,000 for the local air ambulance.",
        "The Port of Hull names its new director: Anna Berg.",
        "The tide expands to the new harbour.",
        "Our app launches a new site map tool.",
        "We launched our new online shop in Norway.",
        "We have launched a new site.",
        "Our new shop in the cloud is for sale.",
        "Portline has acquired Kelpware.",
    ],
)
def test_sentences_of_the_own_site_that_are_no_signals(sentence: str) -> None:
    assert kinds(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("No experience needed: we are hiring welders.", "hiring"),
        ("We are hiring van drivers.", "hiring"),
        ("We are hiring two car mechanics in Hull.", "hiring"),
        ("Now hiring: a welder for our plant in Hull.", "hiring"),
        ("We are a company that is hiring in Hull.", "hiring"),
        ("We have three job openings in Hull.", "hiring"),
        ("Kelpware has acquired Tidemark Instruments.", "funding"),
        ("We raised £4 million for the expansion of our plant.", "funding"),
        ("Tidemark Instruments and Kelpware opened a new office in Oslo.", "expansion"),
        ("We launched a new factory in Bergen.", "expansion"),
        ("Recently opened our third shop in York.", "expansion"),
    ],
)
def test_sentences_of_the_own_site_that_are_signals(sentence: str, kind: str) -> None:
    assert kinds(sentence) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Kelpware and Tidemark Instruments compete. The company raised $50 million.",
        "The former Tidemark Instruments factory in Hull has opened as a new office for Portline.",
        "Portline chose Tidemark Instruments after it raised $50 million.",
        "Shares in Tidemark Instruments fell after Kelpware raised $50 million.",
        "Tidemark Instruments makes gauges.\nIts rival Kelpware raised $50 million.\nThe company opened a new factory.",
    ],
)
def test_other_companies_in_the_news(text: str) -> None:
    assert kinds(text, is_own=False) == []


@pytest.mark.parametrize(
    "above",
    ["News 2019", "Archive: 2019", "02.03.19", "Mar 2, '19", "5 years ago", "Press releases from 2019", "1990s"],
)
def test_old_datelines(above: str) -> None:
    assert kinds(f"{above}\n{SEED}") == []


def test_other_signs_of_age() -> None:
    assert kinds(SEED, url="https://tidemark.example/news/seed-round-2019") == []
    for when in ("Five years ago", "Last decade", "In the nineties", "In the 1990s", "Decades ago"):
        assert kinds(f"{when} we opened a new factory in Bergen.") == [], when
    for when in ("Two days ago", "Three months ago"):
        assert kinds(f"{when} we opened a new factory in Bergen.") == ["expansion"], when
    assert kinds("In business since the 1990s, we opened a new factory in Bergen.") == ["expansion"]
    assert kinds(f"2 days ago\n{SEED}") == ["funding"]
    assert kinds(SEED, url="https://tidemark.example/news/seed-round-2026") == ["funding"]
