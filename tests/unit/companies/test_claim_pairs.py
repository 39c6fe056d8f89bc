"""Claims say what their quotations say: labelled pairs, and rules one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.companies.research.claims import Claim, Draft, check
from app.domain.companies.research.sources import Source, SourceKind
from tests.benchmarks.claims import HALVES, Pair, measure, pairs

DEV = [*pairs("dev"), *pairs("exam")]


@pytest.mark.parametrize(
    "pair", [pair for pair in DEV if pair.label == "altered"], ids=lambda pair: f"{pair.half} {pair.claim}"
)
def test_an_altered_claim_is_not_shown(pair: Pair) -> None:
    assert pair.outcome() != "kept"


@pytest.mark.parametrize(
    "pair", [pair for pair in DEV if pair.label == "true"], ids=lambda pair: f"{pair.half} {pair.claim}"
)
def test_a_true_claim_is_not_dropped(pair: Pair) -> None:
    assert pair.outcome() != "dropped"


@pytest.mark.parametrize("half", HALVES)
def test_both_rates_hold_on_each_half(half: str) -> None:
    result = measure(half)
    altered, true = result["altered"], result["true"]
    assert altered["kept"] <= altered.total() / 30
    assert true["dropped"] <= true.total() * 0.1
    assert true["kept"] >= true.total() * 0.6, "a check that only quotes would pass the others"


def shown(text: str, quote: str, source: str, company: str = "Acme Widgets Ltd") -> Claim:
    stored = Source("S1", SourceKind.WEBSITE, "https://acme.example/", "", source, datetime(2026, 1, 1, tzinfo=UTC))
    claim = check(Draft(text, quote, ("S1",)), {"S1": stored}, company)
    assert isinstance(claim, Claim), claim
    assert claim.quote in source
    return claim


@pytest.mark.parametrize(
    ("quote", "source"),
    [
        ("open a second factory in Boise in 2027", "Acme plans to open a second factory in Boise in 2027."),
        ("Acme Widgets will build a mill", "If the council agrees, Acme Widgets will build a mill."),
        ("Acme Widgets had 35 employees", "In 2012, Acme Widgets had 35 employees."),
        ("the shops of Acme in Wales closed", "Some of the shops of Acme in Wales closed."),
    ],
)
def test_a_quotation_that_leaves_out_a_condition_is_extended_to_its_sentence(quote: str, source: str) -> None:
    claim = shown(quote, quote, f"Acme Widgets is in Leeds. {source}\nOther text follows here.")
    assert claim.text == claim.quote == source


def test_an_extended_quotation_names_the_sources_that_contain_it() -> None:
    long = "Acme plans to open a second factory in Boise."
    sources = {
        key: Source(key, SourceKind.WEB, f"https://{key}.example/", "", text, datetime(2026, 1, 1, tzinfo=UTC))
        for key, text in {"S1": long, "S2": f"It may open a second factory in Boise. {long}"}.items()
    }
    claim = check(Draft("It opens one.", "open a second factory in Boise", ("S1", "S2")), sources, "Acme")
    assert isinstance(claim, Claim) and claim.sources == ("S1", "S2") and claim.text == long


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        ("Unlike Acme, Beta makes gears.", "Acme makes gears."),
        ("Acme acquired Beta, a deal that later collapsed.", "Acme acquired Beta."),
        ("Beta, which Acme bought, makes gears.", "Acme makes gears."),
        ("Acme and Beta opened a shop, and Gamma closed a mill.", "Acme closed a mill."),
        ("Acme won the tender, but lost it on appeal.", "Acme won the tender."),
        ("Acme makes hats and Beta sells gloves.", "Acme sells gloves."),
        ("Jane Smith, a former director of Beta, joined Acme.", "Jane Smith is a director of Acme."),
        ("Acme was sold by Beta to Gamma.", "Acme was sold by Gamma to Beta."),
        ("Acme acquired the company in 2020.", "The company acquired Acme in 2020."),
        ("Founded by Jane Smith, Acme makes hats.", "Jane Smith makes hats."),
        ("Acme has 40 employees in Leeds.", "Acme has 40 employees."),
        ("Acme, once the market leader, makes hats.", "Acme is the market leader."),
        ("Acme is the second largest maker of hats.", "Acme is the largest maker of hats."),
        ("Acme is bankrupt, say critics.", "Acme is bankrupt."),
        ("Is Acme the market leader?", "Acme is the market leader."),
        ("Acme has 50+ employees.", "Acme has 50 employees."),
        ("Growth was −5% in 2024.", "Growth was 5% in 2024."),
        ("Revenue rose by 5%.", "Revenue rose to 5%."),
        ("Acme was delisted in 2020.", "Acme was listed in 2020."),
        ("Acme, formerly a bank, makes robots.", "Acme is a bank."),
        ("Acme had planned to open in Oslo.", "Acme opened in Oslo."),
        ("The European Commission fined Acme €4 million.", "Acme fined the European Commission €4 million."),
    ],
)
def test_a_part_of_a_sentence_is_no_statement_if_the_rest_changes_it(quote: str, claim: str) -> None:
    assert shown(claim, quote, quote).text == quote


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        ("Jane Smith, who founded the company, is chair.", "Jane Smith founded the company."),
        ("Acme Widgets is a leading provider of hats.", "Acme is a provider of hats."),
        ("Acme was not sold in 2020.", "Acme was not sold in 2020."),
        ("The group did not renew the lease.", "Acme Widgets did not renew the lease."),
        ("In 2024 revenue reached $4.5 million.", "Revenue reached $4.5m in 2024."),
        ("Revenue grew by 35 percent to €42 million.", "Revenue increased 35% to €42 million."),
        ("Based in Munich, Germany, Acme makes grippers.", "Acme is headquartered in Munich, Germany."),
        ("Acme is one of the largest suppliers in Europe.", "Acme is among the largest suppliers in Europe."),
        ("Beta fined Acme €4 million for delays.", "Acme was fined €4 million by Beta for delays."),
        ("We currently employ over 300 people.", "Acme Widgets employs more than 300 people."),
    ],
)
def test_other_words_for_the_same_are_kept(quote: str, claim: str) -> None:
    assert shown(claim, quote, quote).text == claim


def test_a_rounded_figure_or_a_fraction_is_shown_as_the_quotation() -> None:
    for quote, text in (
        ("Revenue was €31.2 million in 2024.", "Revenue was about €31 million in 2024."),
        ("A quarter of revenue comes from Spain.", "25% of revenue comes from Spain."),
    ):
        assert shown(text, quote, quote).text == quote


def test_a_fact_about_another_business_is_not_this_companys() -> None:
    source = Source(
        "S1",
        SourceKind.NEWS,
        "https://news.example/",
        "",
        "Cloudkettle, a maker of software, has raised $50 million in a Series B round.",
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    draft = Draft("Acme Widgets has raised $50 million in a Series B round.", source.text, ("S1",))
    verdict = check(draft, {"S1": source}, "Acme Widgets Ltd")
    assert verdict == "name_not_in_quote"


def test_a_true_paraphrase_is_shown_in_its_own_words() -> None:
    opened = "Founded in 1987 in Hull, it makes tide gauges."
    for text in (
        "The company makes tide gauges.",
        "Acme Widgets was founded in 1987.",
        "Acme Widgets was founded in Hull.",
        "Acme Widgets, founded in 1987, makes tide gauges.",
    ):
        assert shown(text, opened, opened).text == text
    other = "Kelpware is based in Leeds. Founded in 1987, it makes tide gauges."
    assert shown("Acme Widgets makes tide gauges.", other, other).text == other
