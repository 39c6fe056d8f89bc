"""Tell whether a company's website is still the company's, or was taken over by somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.companies.identity.legal_forms import words_of
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.identity.vocabulary import GENERIC_NAME_WORDS
from app.domain.companies.research.normalization import folded
from app.domain.websites.extraction.hosts import domain_of

MIN_WORD_CHARACTERS = 3
MIN_UNWANTED = 3
MAX_HTML_CHARACTERS = 300_000
_SITE_NAMES = (
    re.compile(
        r"<meta[^>]{0,200}?\bproperty=[\"']?og:site_name[\"']?[^>]{0,100}?\bcontent=[\"']([^\"'<>]{2,80})", re.I
    ),
    re.compile(
        r"<meta[^>]{0,200}?\bname=[\"']?application-name[\"']?[^>]{0,100}?\bcontent=[\"']([^\"'<>]{2,80})", re.I
    ),
    re.compile(
        r'"@type"\s*:\s*"\w{0,30}(?:Organization|Business|Corporation|Store)"[^{}]{0,300}?"name"\s*:\s*"([^"]{2,80})"'
    ),
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s{0,3}(?:\d{4}(?:\s{0,3}[–-]\s{0,3}\d{4})?)?\s{0,3}(?:by\s)?([A-Z][^.|,\n]{1,60})",
    re.IGNORECASE,
)
_IS_A = re.compile(r"^([A-Z][\w’'&.-]*(?: [A-Z][\w’'&.-]*){0,3}) (?:is|are) (?:an?|the|one of) ", re.MULTILINE)
_UNWANTED = re.compile(
    r"\b(?:casino|slots?|roulette|blackjack|poker|betting|sportsbook|bet365|jackpot|gambling|judi|togel|gacor|viagra|cialis"
    r"|payday loans?|escorts?|porn|xxx|essay writing|crypto (?:signals|casino)|forex signals|replica watches)\b",
    re.IGNORECASE,
)


def find_other_owner(subject: Subject, pages: Sequence[TextPage]) -> str | None:
    """Return why the site is not the company's; None if nothing says so.

    A site is another's if nothing on it has a distinctive word of the company's name, and it gives itself a name that
    neither the company nor the domain has, or it offers what expired domains are bought for.
    """
    if not pages or subject.is_nondescript or _names_company(subject, pages):
        return None
    names = _own_names(pages)
    if any(_fits_domain(name, subject) for name in names):
        return None  # a trade name that the domain has too
    if names:
        return f"the site calls itself {names[0]} and does not name {subject.name}"
    unwanted = {match[0].lower() for page in pages for match in _UNWANTED.finditer(f"{page.title}\n{page.text}")}
    if len(unwanted) >= MIN_UNWANTED:
        return f"the site does not name {subject.name}; it is about {', '.join(sorted(unwanted)[:MIN_UNWANTED])}"
    return None


def _names_company(subject: Subject, pages: Sequence[TextPage]) -> bool:
    names = [name.words for name in subject.all_names]
    distinctive = {
        word
        for words in names
        for word in words
        if len(word) >= MIN_WORD_CHARACTERS and word not in GENERIC_NAME_WORDS and not word.isdigit()
    }
    squeezed_names = {"".join(words) for words in names}
    initials = {"".join(word[0] for word in words) for words in names if len(words) > 2}
    for page in pages:
        text = f"{page.title}\n{page.text}"
        if distinctive & set(words_of(text)) or initials & {
            word.lower() for word in re.findall(r"\b[A-Z]{3,6}\b", text)
        }:
            return True
        squeezed = re.sub(r"[\W_]", "", folded(f"{text}\n{page.html[:MAX_HTML_CHARACTERS]}"))
        if any(len(name) > MIN_WORD_CHARACTERS and name in squeezed for name in squeezed_names):
            return True
    return False


def _own_names(pages: Sequence[TextPage]) -> list[str]:
    found = []
    for page in pages:
        found += [match[1] for pattern in _SITE_NAMES for match in pattern.finditer(page.html[:MAX_HTML_CHARACTERS])]
        found += [match[1] for match in _COPYRIGHT.finditer(page.text)]
        headings = {folded(part.strip()) for part in re.split(r"[|–—:-]", page.title)} | set(
            map(folded, page.text.splitlines()[:2])
        )
        found += [match[1] for match in _IS_A.finditer(page.text) if folded(match[1]) in headings]
    return [" ".join(name.split()) for name in found if words_of(name)]


def _fits_domain(name: str, subject: Subject) -> bool:
    domain = subject.domain or ""
    label = re.sub(r"\W", "", (domain_of(f"http://{domain}") or "").partition(".")[0])
    squeezed = "".join(words_of(name))
    return bool(label and not label.isdigit() and (label in squeezed or squeezed in label))
