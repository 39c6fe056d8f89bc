"""Figures are compared by value, whatever their notation."""

from __future__ import annotations

import pytest

from app.domain.companies.research.figures import names_with_digits, numbers


def borne_out(claim: str, quote: str) -> bool:
    known = numbers(quote)
    return all(figure.is_supported_by(known) for figure in numbers(claim)) and names_with_digits(
        claim
    ) <= names_with_digits(quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("£31.2m", "£31.2 million"),
        ("1,200 people", "1200 people"),
        ("1.2 million", "1,200,000"),
        ("2 million euros", "two million euros"),
        ("€2m", "2 million euros"),
        ("5 March 2024", "2024-03-05"),
        ("March 2024", "on 5 March 2024"),
        ("50%", "50 per cent"),
        ("12 countries", "twelve countries"),
        ("a dozen offices", "12 offices"),
        ("1.234,50 euros", "1,234.50 euros"),
        ("one of the largest", "among the largest"),
        ("in Q3", "the Q3 results"),
        ("its third office", "3 offices"),
        ("half of it", "half of it"),
        ("AU$5m", "A$5 million"),
        ("CHF 5m", "5 million CHF"),
        ("24 Millionen Euro", "24 Mio. Euro"),
        ("€3bn", "3 milliards d'euros"),
    ],
)
def test_equal_figures_in_another_notation(claim: str, quote: str) -> None:
    assert borne_out(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("£31.2 billion", "£31.2 million"),
        ("$31.2 million", "£31.2 million"),
        ("50%", "50 people"),
        ("2025", "2024"),
        ("in April 2024", "in March 2024"),
        ("6 March 2024", "2024-03-05"),
        ("Q4", "the Q3 results"),
        ("doubled its sales", "raised its sales"),
        ("twenty shops", "twelve shops"),
        ("500 staff", "1,500 staff"),
        ("a hundred staff", "a thousand staff"),
        ("ISO9002", "ISO9001"),
        ("$30 million", "A$30 million"),
        ("US$30 million", "C$30 million"),
        ("EUR 30 million", "CHF 30 million"),
        ("3 Mio. Euro", "3 Mrd. Euro"),
    ],
)
def test_different_figures(claim: str, quote: str) -> None:
    assert not borne_out(claim, quote)
