"""Decide whether a quotation says what a claim says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.companies.research import names, statements, words
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.passages import sentences
from app.domain.companies.research.sentence_parts import QUALIFIERS, SCOPES
from app.domain.companies.research.synonyms import BE, verb_form
from app.domain.companies.research.wording import COMPANY, Token, has_name, mark_company, names_company, tokens

NAME_AS_SUBJECT = re.compile(r"([A-Z]\w+(?:'s)?)(,? )(\w+)")


def says(text: str, quote: str, company: str) -> bool:
    """Return whether the quotation certainly makes each statement of the text; `company` is the company's name."""
    stated = [tokens(_named_first(_bare(sentence))) for sentence in _marked(quote, company)]
    claimed = [tokens(_named_first(_bare(mark_company(sentence, company)))) for sentence in sentences(text)]

    def is_stated(claim: list[Token]) -> bool:
        return bool(claim) and any(statements.states(claim, sentence) for sentence in stated if sentence)

    return all(
        is_stated(claim) or (bool(parts := statements.conjuncts(claim)) and all(map(is_stated, parts)))
        for claim in claimed
    )


def is_qualified(rest: str) -> bool:
    """Return whether words beside a quotation may change what it says: "plans to", "if", "in 2012"."""
    found = tokens(_bare(rest))
    return any(token.key in QUALIFIERS or token.date for token in found) or any(
        token.key in SCOPES for token in found[:1]
    )


def is_about_another(text: str, sentence: str, company: str) -> bool:
    """Return whether a claim says of the company what its sentence says of another name."""
    if COMPANY not in mark_company(text, company) or names_company(sentence, company):
        return False
    name = _begins_with_other_name(sentence)
    return name is not None and words.stem(name) not in words.stems(text)


def _begins_with_other_name(sentence: str) -> str | None:
    """Return the name, folded, with which a sentence begins as its subject; None if it begins with none."""
    first = NAME_AS_SUBJECT.match(sentence.strip())
    if first is None or not names.is_english(sentence):
        return None
    is_subject = first[2] != " " or first[3][0].isupper() or first[3] in {*BE, "has"}
    is_subject = is_subject or verb_form(folded(first[3])) is not None
    name = folded(first[1]).removesuffix("'s")
    return name if is_subject and not (name in words.COMMON or names.is_ordinary(name)) else None


def _marked(quote: str, company: str) -> Iterator[str]:
    """Yield the sentences of a quotation with the company marked; after one about another, "it" is not the company."""
    is_about_other = False
    for sentence in sentences(quote):
        marked, is_named = mark_company(sentence, company), has_name(sentence, company)
        if not sentence.endswith("?"):
            yield marked if is_named or not is_about_other else sentence
        if is_named:
            is_about_other = False
        elif COMPANY not in marked and _begins_with_other_name(sentence):
            is_about_other = True


_ROLE_FIRST = re.compile(
    rf"(?:(?:the|our|its|their|{COMPANY}(?:'s)?)\s)*(?P<role>(?i:chief executive officer|chief executive|ceo|cfo|coo"
    r"|cto|managing director|finance director|technical director|sales director|founder|co-founder|owner|chair(?:man"
    r"|woman|person)?|president|general manager|managing partner|company secretary))"
    rf"(?:\s(?:of|at)\s{COMPANY})?(?:\sis|:|\s[–-])\s(?P<name>[A-Z][\w'.-]+(?:\s[A-Z][\w'.-]+){{1,3}})",
)


def _named_first(sentence: str) -> str:
    """Say "Ann Pike is the owner" for "The owner is Ann Pike" and "Owner: Ann Pike"."""
    match = _ROLE_FIRST.fullmatch(sentence[:1].lower() + sentence[1:]) or _ROLE_FIRST.fullmatch(sentence)
    return f"{match['name']} is the {match['role']}" if match else sentence


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip(".!?;,: ")
