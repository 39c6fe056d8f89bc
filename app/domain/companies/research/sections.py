"""The sections of a report, in order, and how to recognize passages that belong to them.

A passage belongs to the sections whose terms, weighted regular expressions, it contains: English words and what other
languages share with them, and those of the language of its source (`section_words`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.companies.research import section_words


@dataclass(frozen=True)
class Section:
    """A section of a report, and what belongs to it."""

    key: str
    title: str
    question: str
    """The instruction to its writer."""
    terms: tuple[tuple[re.Pattern[str], float], ...]
    pages: re.Pattern[str]
    """Matches URLs and titles of pages that are about it."""
    weight: float = 1.0
    """Weight of the section in the confidence of the report."""

    def relevance(self, text: str, language: str | None = None) -> float:
        """Return the sum of the weights of the terms that a passage in this language contains."""
        terms = (*self.terms, *section_words.TERMS[self.key].get(language or "", ()))
        return sum(weight for pattern, weight in terms if pattern.search(text))


def _terms(words: Mapping[str, float]) -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple((re.compile(rf"\b(?:{pattern})", re.IGNORECASE), weight) for pattern, weight in words.items())


def _section(
    key: str, title: str, question: str, words: Mapping[str, float], pages: str, weight: float = 1.0
) -> Section:
    all_pages = re.compile(f"{pages}|{section_words.PAGES[key]}", re.IGNORECASE)
    return Section(key, title, question, _terms(words), all_pages, weight)


SECTIONS = (
    _section(
        "overview",
        "Overview",
        "What the company is, what it does, where it is based, when it was founded, and its legal form.",
        {
            r"founded|established|incorporated|since (?:19|20)\d\d": 3,
            r"headquarter|head office|based in|registered (?:office|in|at)": 3,
            r"is an? |are an? |we are |about us|who we are|our (?:mission|story|history|purpose)": 1.5,
            r"family[- ]owned|independent|private(?:ly)?|public(?:ly)? (?:listed|traded)|limited company": 2,
            r"specialis|specializ|leading|provider|manufactur|company": 1,
        },
        r"about|company|who-we-are|story|history|\bhome\b",
        1.5,
    ),
    _section(
        "products",
        "Products and services",
        "Which products and services the company sells, and what they are for.",
        {
            r"products?\b|services?\b|solutions?\b|platform|software|range of": 2,
            r"offer(?:s|ing)?\b|provides?\b|suppl(?:y|ies)|sells?\b|makes?\b|produc|manufactur|designs?\b|builds?\b": 2,
            r"features?\b|includes?\b|pric(?:e|ing)|subscription|licen[cs]e|install|repair|deliver": 1,
        },
        r"product|service|solution|shop|store|pricing|features|what-we-do|catalog",
        1.5,
    ),
    _section(
        "leadership",
        "Leadership",
        "Who leads the company: founders, directors, executives, with their roles.",
        {
            r"chief \w+ officer|C[EFTOM]O\b|managing director|president\b|chair(?:man|woman|person)?\b": 4,
            r"founder|co-founder|director|head of|vice president|VP\b|partner\b|board": 3,
            r"appointed|joined|succeeds|leads the|owner\b|executive|secretary": 2,
        },
        r"team|leadership|people|management|board|directors|about",
    ),
    _section(
        "market",
        "Market and customers",
        "Which markets, industries and regions the company serves, and who its customers are.",
        {
            r"customers?\b|clients?\b|users?\b|serv(?:e|es|ing)\b|trusted by|used by|case stud": 3,
            r"markets?\b|industr(?:y|ies)|sectors?\b|segments?\b|countries|worldwide|nationwide|region": 2,
            r"retailers?|schools?|hospitals?|government|enterprises?|small businesses|households": 1,
        },
        r"customer|client|case-stud|industr|sector|references|testimonial",
    ),
    _section(
        "competitors",
        "Competitors",
        "Which competitors and alternatives are named, and how the company is said to differ from them.",
        {
            r"compet(?:e|es|ed|ing|itor|ition|itive)|rivals?\b|alternatives? to|compared (?:to|with)|versus|\bvs\b": 4,
            r"market (?:leader|share)|unlike (?:other|most)|only (?:company|provider|supplier)|differentiat": 2,
        },
        r"compare|alternative|\bvs\b|why-us",
    ),
    _section(
        "financials",
        "Financials",
        "Revenue, profit, funding, investors, accounts and size, each with its date.",
        {
            r"revenues?\b|turnover|profits?\b|loss(?:es)?\b|EBITDA|accounts\b|sales of|annual report": 4,
            r"funding|raised|invest(?:or|ment|ed)|series [A-E]\b|seed round|valu(?:ation|ed at)|acqui(?:red|sition)": 4,
            r"employees|staff of|headcount|share capital|shareholder|filed|balance sheet": 2,
            r"[£$€]\s?\d": 2,
        },
        r"investor|financial|annual-report|accounts|results|funding",
    ),
    _section(
        "news",
        "News and signals",
        "Recent events: hiring, new sites, launches, contracts, changes of leadership, each with its date.",
        {
            r"announce|launch|opened|opening|expand|expansion|new (?:office|site|factory|store|product|partner)": 3,
            r"hiring|vacanc|join (?:us|our team)|we are looking for|careers?\b|open positions?": 3,
            r"partnership|contract|award|won\b|press release|news\b|today\b|this (?:year|month|week)": 2,
            r"(?:January|February|March|April|May|June|July|August|September|October|November|December) (?:\d{1,2}, )?20\d\d|20\d\d-\d\d-\d\d": 2,  # noqa: E501
        },
        r"news|press|blog|media|career|jobs|vacanc|event",
    ),
    _section(
        "risks",
        "Risks",
        "Legal proceedings, insolvency, charges, overdue accounts, complaints, dependencies and other risks.",
        {
            r"risks?\b|lawsuit|litigation|court|fine[ds]?\b|penalt|investigat|breach|recall|complain": 4,
            r"insolven|liquidat|dissol|in administration|bankrupt|strike[- ]off|overdue|charges? registered": 4,
            r"layoffs?|redundan|clos(?:e|es|ed|ing) (?:its|the|down)|depend(?:s|ent|ence) on|decline|warning": 2,
        },
        r"risk|legal|recall|notice",
        0.75,
    ),
)
BY_KEY = {section.key: section for section in SECTIONS}
