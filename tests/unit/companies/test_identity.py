"""The marks of a company: its name and legal form, its own pages, and entries of registers."""

# ruff: noqa: E501 - an address is a line
from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.legal_forms import are_compatible, fits_country, split_legal_form
from app.domain.companies.identity.mentions import NameFinder
from app.domain.companies.identity.own_pages import learn
from app.domain.companies.identity.register_match import RegisterEntry, match_entry
from app.domain.companies.identity.site_owner import find_other_owner
from app.domain.companies.identity.subject import Subject, TextPage

TIDE = Subject("Tidemark Instruments", "https://tidemark.example")
HOME = TextPage(
    "https://tidemark.example/",
    "Tidemark Instruments",
    "Tidemark Instruments is a manufacturer of tide gauges based in Portland, Oregon.\n"
    "Founded in 2009, the company designs and builds water level sensors for harbours.\n"
    "Jane Example is the chief executive officer of Tidemark Instruments.\n"
    "Tidemark Instruments LLC, 12 Dock Street, Portland, OR 97201",
    is_own=True,
)


@pytest.mark.parametrize(
    ("name", "words", "form"),
    [
        ("Tidemark Instruments LIMITED", ("tidemark", "instruments"), "ltd"),
        ("Nordwind GmbH & Co. KG", ("nordwind",), "gmbh & co kg"),
        ("Summit Plumbing, Inc.", ("summit", "plumbing"), "inc"),
        ("Société Générale S.A.", ("societe", "generale"), "sa"),
        ("Kowalski Sp. z o.o.", ("kowalski",), "sp z oo"),
        ("Harbour Surfboards Pty Ltd", ("harbour", "surfboards"), "pty ltd"),
        ("Oy Nokia", ("nokia",), "oy"),
        ("The Bread Co", ("bread",), "co"),
        ("Limited", ("limited",), None),
    ],
)
def test_legal_forms(name: str, words: tuple[str, ...], form: str | None) -> None:
    assert split_legal_form(name) == (words, form)


def test_forms_of_countries() -> None:
    for form in ("gmbh", "inc", "llc", "sarl", "oy", "ab", "pty ltd", "bv", "sro", "kk"):
        assert not fits_country(form, "gb"), form
        assert not are_compatible(form, "ltd"), form
    assert fits_country("ltd", "gb") and fits_country("llp", "gb") and not are_compatible("llp", "ltd")
    assert are_compatible(None, "ltd")


@pytest.mark.parametrize(
    ("sentence", "mentions"),
    [
        ("Tidemark Instruments opened.", 1),
        ("TIDEMARK INSTRUMENTS, INC. and Tidemark", 2),
        ("See tidemark.example for more.", 1),
        ("Tidemark Instruments Leasing opened.", 0),
        ("North Tidemark Instruments opened.", 0),
        ("In Portland Tidemark Instruments opened.", 1),
        ("the tidemark of the river", 0),
        ("March 2, 2019 – PORTLAND\nTidemark Instruments\nAdelaide", 1),
        ("Tidemark’s gauges", 1),
    ],
)
def test_mentions(sentence: str, mentions: int) -> None:
    assert len(NameFinder(TIDE).find(sentence)) == mentions


def test_marks_are_learned_from_the_own_site() -> None:
    known = learn(TIDE, [HOME])
    assert "portland" in known.towns and "97201" in known.postcodes and "jane example" in known.people
    assert known.forms == {"llc"} and {"gauges", "harbours"} <= known.own_words


@pytest.mark.parametrize(
    "text",
    [
        "Tidemark Instruments, the Adelaide maker of electric guitars, was founded in 1971.",
        "Tidemark Instruments is a maker of electric guitars for schools.",
        "ADELAIDE, Australia – Tidemark Instruments today announced its results.",
        "Tidemark Instruments Ltd was founded in 1971.",
    ],
)
def test_a_page_about_a_namesake_is_no_source(text: str) -> None:
    page = TextPage(
        "https://paper.example/a", "Tidemark Instruments", f"{text}\nTidemark Instruments raised A$3 million."
    )
    known = learn(TIDE, [HOME])
    assert EvidenceReader(known).text_of(page) == ""
    confirmed = replace(page, text=f"{page.text}\nRead more at www.tidemark.example.")
    assert "raised A$3 million" in EvidenceReader(known).text_of(confirmed)


def test_pronouns_stand_for_the_company_only_on_pages_about_it() -> None:
    text = "Tidemark Instruments grew.\nThe company sold more.\nKelpware did not.\nIt lost money.\nThe firm fell."
    about = TextPage("https://paper.example/a", "Tidemark Instruments grows", text)
    assert EvidenceReader(TIDE).text_of(about) == "Tidemark Instruments grew.\nThe company sold more."
    news = replace(about, title="Business news", text=f"Kelpware grew.\nGullwing grew.\n{text}")
    assert EvidenceReader(TIDE).text_of(news) == "Tidemark Instruments grew."


ENTRY = RegisterEntry(
    "01234567", "TIDEMARK INSTRUMENTS LIMITED", "gb", "1 High Street, Grimsby, DN31 1AA", ("Gwen Muster",)
)


@pytest.mark.parametrize(
    ("subject", "is_company"),
    [
        (Subject("Tidemark Instruments"), False),
        (Subject("Tidemark Instruments GmbH", towns=frozenset({"grimsby"})), False),
        (Subject("Tidemark Instruments, Inc.", people=frozenset({"gwen muster"})), False),
        (Subject("Tidemark Instruments LLP", registry_number="01234567"), False),
        (Subject("Tidemark Instruments", towns=frozenset({"grimsby"})), True),
        (Subject("Tidemark Instruments Ltd", postcodes=frozenset({"DN311AA"})), True),
        (Subject("Tidemark Instruments", people=frozenset({"gwen muster"})), True),
        (Subject("Tidemark Instruments", numbers=frozenset({"01234567"})), True),
        (Subject("Tidemark", registry_number="01234567"), True),
        (Subject("Gullwing", registry_number="01234567"), False),
        (Subject("Tidemark Instruments", towns=frozenset({"grimsby"}), country="au", is_country_known=True), False),
        (Subject("Gullwing GmbH", confirmed_entries=frozenset({"01234567"})), True),
    ],
)
def test_an_entry_needs_the_name_a_second_mark_and_a_fitting_form(subject: Subject, is_company: bool) -> None:
    match = match_entry(subject, ENTRY)
    assert match.is_company is is_company
    assert is_company or match.reasons


@pytest.mark.parametrize(
    ("subject", "address", "people", "is_company"),
    [
        # the town of the company as a street, or in the name of another town
        (Subject("Tidemark Ltd", towns=frozenset({"lincoln"})), "3 Lincoln Road, Hull, HU1 2AB", (), False),
        (Subject("Tidemark Ltd", towns=frozenset({"york"})), "3 High Street, New York Mills, HU1 2AB", (), False),
        (Subject("Tidemark Ltd", towns=frozenset({"hull"})), "1 Dock Street Hull HU1 2AB", (), True),
        (Subject("Tidemark Ltd", towns=frozenset({"hull"})), "1 Dock Street, Hull HU1 2AB, England", (), True),
        # a namesake in a town of the same name on another continent
        (Subject("Tidemark", towns=frozenset({"lincoln"}), postcodes=frozenset({"68508"})), "3 High Street, Lincoln, LN1 1AA", (), False),
        (Subject("Tidemark", towns=frozenset({"lincoln"}), postcodes=frozenset({"LN11AA"})), "3 High Street, Lincoln, LN1 1AA", (), True),
        (Subject("Tidemark Ltd", people=frozenset({"anna berg"})), "3 High Street, Hull", ("BERG, Anna Maria",), True),
        (Subject("Tidemark Ltd", people=frozenset({"anna berg"})), "3 High Street, Hull", ("ANNA, Berg",), False),
    ],
)  # fmt: skip
def test_second_marks_of_an_entry(subject: Subject, address: str, people: tuple[str, ...], is_company: bool) -> None:
    assert match_entry(subject, RegisterEntry("1", "TIDEMARK LIMITED", "gb", address, people)).is_company is is_company


CASINO = TextPage(
    "https://millbrookdairy.example/",
    "LuckySpin",
    "LuckySpin\nLuckySpin is a leading provider of online casino games.\nPlay slots, roulette and poker.",
    is_own=True,
)


def test_a_site_that_was_taken_over() -> None:
    dairy = Subject("Millbrook Dairy", "https://millbrookdairy.example")
    assert "LuckySpin" in (find_other_owner(dairy, [CASINO]) or "")
    own = TextPage(dairy.website or "", "Home", "We make butter at Millbrook.", is_own=True)
    assert find_other_owner(dairy, [own]) is None
    assert find_other_owner(Subject("LuckySpin", "https://luckyspin.example"), [CASINO]) is None
    assert find_other_owner(Subject("Company A", "https://a.example"), [CASINO]) is None
    trade_name = replace(CASINO, url="https://luckyspin.example/")
    assert find_other_owner(Subject("Curacao Holdings", "https://luckyspin.example"), [trade_name]) is None
