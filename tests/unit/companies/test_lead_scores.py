"""Lead scores: sums, explanations and the decay of signals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.companies.lead_scores import WEIGHTS, Facts, SeenSignal, UnknownFeature, check_weights, score
from app.domain.companies.llm_opinion import Opinion, check_opinion, facts_text

TODAY = date(2026, 6, 1)


def signal(kind: str, days: int, strength: float = 1.0) -> SeenSignal:
    return SeenSignal(kind, "Something", "https://x.example", strength, TODAY - timedelta(days=days))


def test_a_company_without_facts_scores_zero() -> None:
    result = score(Facts({}), TODAY)
    assert (result.score, result.completeness) == (0.0, 0.0)
    assert {feature["name"] for feature in result.features} == set(WEIGHTS) and all(
        feature["why"] for feature in result.features
    )


def test_a_company_with_all_facts_scores_a_hundred() -> None:
    fields = {
        "registry_status": "active", "incorporated_on": "1990-01-01", "employees": "1,000", "emails": ["a"],
        "phones": ["1"], "website": "x", "rating": 5, "ratings": 10**9,
    }  # fmt: skip
    kinds = ("funding", "hiring", "expansion", "leadership", "technology", "site_change")
    result = score(Facts(fields, {}, [signal(kind, 0) for kind in kinds], 1.0), TODAY)
    assert result.score == 100.0 and result.completeness == 1.0


def test_a_signal_is_halved_by_each_half_life() -> None:
    for days, value in ((0, 1.0), (180, 0.5), (360, 0.25)):
        features = score(Facts({}, {}, [signal("funding", days)]), TODAY).features
        found = next(feature for feature in features if feature["name"] == "funding")
        assert found["value"] == value and found["evidence"] == ["https://x.example"]


@given(st.lists(st.tuples(st.sampled_from(["hiring", "funding"]), st.integers(0, 2000), st.floats(0, 1))))
def test_more_signals_never_lower_a_score(seen: list[tuple[str, int, float]]) -> None:
    signals = [signal(*arguments) for arguments in seen]
    scores = [score(Facts({}, {}, signals[:n]), TODAY).score for n in range(len(signals) + 1)]
    assert scores == sorted(scores) and all(0 <= value <= 100 for value in scores)
    result = score(Facts({}, {}, signals), TODAY)
    assert sum(feature["points"] for feature in result.features) == pytest.approx(result.score, abs=0.1)


def test_the_operator_sets_the_weights() -> None:
    only_size = dict.fromkeys(WEIGHTS, 0.0) | {"size": 1.0}
    assert score(Facts({"employees": 1000}), TODAY, only_size).score == pytest.approx(100)
    with pytest.raises(UnknownFeature, match="colour"):
        check_weights({"colour": 1.0}, {})
    with pytest.raises(ValueError, match="positive"):
        check_weights({}, {"hiring": 0})


def test_an_opinion_is_limited_and_counts_only_with_a_quotation() -> None:
    text = facts_text("Acme", Facts({"employees": 240, "city": "Leeds"}, {}, [signal("hiring", 3)]))
    good = check_opinion(Opinion(points=99, reason="Large", quote="employees: 2400 people in Leeds"), text, "m")
    assert good == {"points": 0.0, "model": "m", "dropped": "its reason does not quote the facts"}
    good = check_opinion(Opinion(points=99, reason="Hires", quote="hiring detected on 2026-05-29"), text, "m")
    assert (good["points"], good["quote"]) == (10.0, "hiring detected on 2026-05-29")


@pytest.mark.parametrize(
    ("text", "count"),
    [("10 k", "10,000"), ("10k", "10,000"), ("10-50k", "10,000"), ("1 200", "1,200"), ("51-200", "51"), (250, "250")],
)
def test_numbers_of_employees(text: object, count: str) -> None:
    features = score(Facts({"employees": text}), date(2026, 6, 1)).features
    assert any(str(feature["why"]).startswith(f"{count} employees") for feature in features)


def test_a_score_states_its_facts_and_their_age() -> None:
    facts = Facts(
        {"employees": 240, "registry_status": "active", "founded": "1987", "emails": ["a@b.example"]},
        {"employees": "client", "registry_status": "https://register.example/1", "emails": "https://b.example/"},
        [signal("funding", 30), signal("funding", 400)],
        0.8,
        {"registry_status": TODAY - timedelta(days=12), "employees": TODAY},
        TODAY - timedelta(days=3),
    )
    result = score(facts, TODAY)
    used = {feature["name"]: feature["facts"] for feature in result.features}
    assert used["registered"] == [
        {"name": "registry_status", "value": "active", "source": "https://register.example/1",
         "on": TODAY - timedelta(days=12), "age_days": 12}
    ]  # fmt: skip
    assert [fact["age_days"] for fact in used["funding"]] == [30, 400]
    assert used["size"][0]["source"] == "client" and used["researched"][0]["age_days"] == 3
    assert used["age"][0]["name"] == "founded" and used["age"][0]["on"] is None
    assert used["hiring"] == [] and used["reachable"][0]["value"] == "a@b.example"
    assert round(sum(feature["points"] for feature in result.features), 2) == result.score
