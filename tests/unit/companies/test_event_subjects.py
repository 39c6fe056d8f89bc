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
        "We currently have zero vacancies.",
        "There are no jobs available at present.",
        "No jobs at the moment.",
        "We are fully staffed.",
        "Vacancies: n/a",
        "Vacancies – none",
        "Careers: we are not taking applications.",
        "Applications are closed.",
        "We are hiring freelancers for our customers.",
        "Our recruitment agency is hiring on behalf of Portline.",
        "We are looking for your feedback.",
        "We are looking forward to meeting you.",
        "We are looking for a new distributor in Norway.",
        "We are looking for old photographs of the harbour.",
        "We are seeking planning permission.",
        "We are looking for a buyer for our old press.",
        "Looking for a gauge? Contact us.",
        "Join our team of happy customers.",
        "Join our newsletter as a member.",
        "We raised the flag on Friday.",
        "We raised £250 for Comic Relief.",
        "We raised a glass to our founder.",
        "We have closed our books for the year.",
        "We closed £5 million of sales in March.",
        "We secured planning permission for a new factory.",
        "We secured a loan of £50,000 for a customer.",
        "The council raised £2 million for the harbour.",
        "Portline Ventures raised a new £100 million fund.",
        "We announced our results: a loss of £2 million.",
        "We received a grant application for £2 million.",
        "We received an award.",
        "We won a £2 million contract from Portline.",
        "We acquired a taste for fish.",
        "We acquired new skills.",
        "Our customers were acquired by Kelpware.",
        "We acquired ISO 9001 certification.",
        "We acquire data from 40 gauges.",
        "Data acquisition of tide levels",
        "We named our new ship Anna.",
        "We appointed a new caterer.",
        "Anna Berg was not appointed as managing director.",
        "Anna Berg will be appointed managing director in 2027.",
        "Anna Berg could become chief executive.",
        "Anna Berg joins Kelpware as CEO.",
        "Meet our director Anna Berg.",
        "Tom Hill retired in 1999 as chairman.",
        "Our chairman steps down the stairs.",
        "We have opened a new chapter.",
        "We opened a new bank account.",
        "We opened the season with a new exhibition.",
        "We expand the list to include gauges.",
        "Pipes expand into the joint.",
        "Our range expands to include clocks.",
        "Our new office opens only on Mondays.",
        "Our new shop opening was delayed.",
        "Our plans for a new office in Leeds were scrapped.",
        "Unfortunately our new shop in Leeds had to close.",
        "We sold our new factory in Leeds.",
        "A new office in Leeds was never opened.",
        "We did not open a new office in Leeds.",
        "Photos of Kelpware's new factory in Oslo",
        "Kelpware's new factory in Oslo uses our gauges.",
        "Gauges for a new factory in Oslo",
        "We supplied gauges to a new plant in Oslo.",
        "We built a new factory in Oslo for Portline.",
        "We fitted out a new office in Leeds for a customer.",
        "Case study: a new warehouse in Leeds",
        "The harbour has a new hub in Leeds.",
        "On this day in 1952, we opened our first shop.",
        "Since opening a second shop in 2009 we have grown.",
        "When we opened our second shop, nobody came.",
        "After raising £2 million in 2015, we moved.",
        "Rumour has it that we raised £10 million.",
        "April fool: we have acquired Kelpware!",
        "Imagine: we raised £10 million.",
        "We would have raised £10 million.",
        "We almost raised £10 million.",
        "We failed to raise £10 million.",
        "We tried to raise £10 million.",
        "We were asked whether we raised £10 million.",
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
        ("We are now hiring a calibration engineer.", "hiring"),
        ("Tidemark Instruments seeks two welders? No: we are recruiting five.", "hiring"),
        ("We're looking for an apprentice in Hull.", "hiring"),
        ("Vacancy for a driver in Hull", "hiring"),
        ("We currently have openings for two engineers.", "hiring"),
        ("We raised $12m in Series B funding.", "funding"),
        ("Tidemark Instruments secures £3m investment from Portline Ventures", "funding"),
        ("Tidemark Instruments has been acquired by Kelpware.", "funding"),
        ("Tidemark Instruments completes acquisition of Kelpware Ltd", "funding"),
        ("Anna Berg has been appointed CEO of Tidemark Instruments.", "leadership"),
        ("We welcome Anna Berg as our new finance director.", "leadership"),
        ("Our chief executive Tom Hill resigned in May 2026.", "leadership"),
        ("Tidemark Instruments names Anna Berg chief executive", "leadership"),
        ("We have moved to a new office in Leeds.", "expansion"),
        ("In April 2026 we opened our third branch in York.", "expansion"),
        ("Tidemark Instruments opens second plant in Bergen", "expansion"),
        ("Our new plant in Bergen opened in May 2026.", "expansion"),
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
