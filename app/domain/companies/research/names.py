"""Find the names in a claim that its quotation does not contain."""

from __future__ import annotations

import re

from app.domain.companies.research import words
from app.domain.companies.research.figures import MONTHS
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.synonyms import unify_phrases, unify_word, verb_form

DAYS = words.listed("monday tuesday wednesday thursday friday saturday sunday")
NO_NAMES = frozenset(MONTHS) | {month[:3] for month in MONTHS} | DAYS
ORDINARY = words.listed(
    """
    accounts annual approval assets average branches capital clients costs customer debt delivery demand directors
    earnings exports factory firm founder general group growth headcount headquarters imports income investors loss
    losses margins membership net operating orders owners part pre-tax prices profit profits sales shares shops
    staff stores subsidiary turnover workers output footfall production capacity volume volumes rent rents wages
    salaries cash funding spending expenses bookings passengers subscribers visitors users students pupils patients
    guests tenants partners suppliers competitors rivals managers analysts regulators critics unions engineers
    construction delivery deliveries work plans talks negotiations gross total both three two one many several more
    over under half most some none nearly almost exceeding below about employs
    """
)
"""Words that often begin a claim and are not names."""
ORDINARY_ENDINGS = ("tion", "tions", "ment", "ments", "ness", "ity", "ing", "ed", "ly", "ship", "ance", "ence")
ENGLISH = re.compile(r"\b(?:the|is|was|are|were|has|have|had|of|and|at|for|with|by|from|to|its)\b", re.IGNORECASE)
ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,5}")


def missing(text: str, quote: str, company: str) -> frozenset[str]:
    """Return the names in a claim, folded, that neither its quotation nor the company's name contains."""
    text, quote = unify_phrases(text), unify_phrases(quote)
    known = words.stems(quote) | words.stems(company)
    initials = "".join(word[0] for word in re.findall(r"\b[A-Z]\w*", quote)).casefold()
    found = set()
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        first = words.WORD.search(sentence)
        for name in words.names(sentence):
            if words.stem(name) in known or words.stem(unify_word(name)) in known or name in NO_NAMES:
                continue
            if first and name == folded(first[0]).removesuffix("'s") and is_ordinary(name):
                continue
            if ACRONYM.search(sentence) and name in initials:
                continue
            found.add(name)
    return frozenset(found)


def is_ordinary(word: str) -> bool:
    """Return whether a folded word at the beginning of a sentence is probably no name."""
    return (
        word in ORDINARY
        or word in words.STARTERS
        or word.endswith(ORDINARY_ENDINGS)
        or verb_form(word) is not None
        or unify_word(word) != word
    )


def is_english(text: str) -> bool:
    """Return whether a text is in English. Other languages capitalize words that are no names, or spell names anew."""
    return ENGLISH.search(text) is not None
