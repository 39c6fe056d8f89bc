"""Compare a page that somebody else published with the marks of a company: is it about this one, or a namesake?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from app.domain.companies.identity.actors import Sentence
from app.domain.companies.identity.legal_forms import words_of
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.identity.vocabulary import DEMONYMS, GENERIC_NAME_WORDS, NAMELESS, NOT_DISTINCTIVE
from app.domain.companies.research import words
from app.domain.companies.research.normalization import folded
from app.domain.vocabulary.countries import country_code
from app.domain.websites.extraction.hosts import domain_of

MIN_OWN_WORDS = 12
"""With that many known words of its own pages, a place or trade that they do not name is not the company's."""
MIN_LABEL_CHARACTERS = 6
MAX_HEAD_LINES = 12
_PLACE = r"(?P<place>[A-ZÀ-Þ][\w.'-]*[\w](?:\s[A-ZÀ-Þ][\w.'-]+){0,2})"
_DEMONYM = rf"(?P<place>{'|'.join(name.capitalize() for name in DEMONYMS)}|US|U\.S\.|UK)"
_BEFORE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_PLACE}-(?:based|headquartered)\s(?:[\w-]+\s){{0,4}}$",
        rf"\b{_PLACE}'s\s$",
        rf"\b{_DEMONYM}\s(?:[\w-]+\s){{0,4}}$",
    )
)
_AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^\sof\s{_PLACE}",
        rf"^\s\({_PLACE}[),]",
        rf"^,?\s(?:which\sis\s|is\s|are\s|was\s)?(?:based|headquartered|located)\s(?:in|at|near|out\sof)\s{_PLACE}",
        rf"^(?:,\s|\sis\s|\swas\s)(?:the|an?)\s(?:[a-z][\w-]*\s){{0,2}}?{_PLACE}(?:-based|-headquartered)?\s[a-z]",
        rf"^(?:,\s|\sis\s|\swas\s)(?:the|an?)\s[^,;:.]{{0,80}}?\b(?:based\sin|headquartered\sin|from|out\sof)\s{_PLACE}",
        rf"^(?:,\s|\sis\s|\swas\s)(?:the|an?)\s(?:[\w-]+\s){{0,3}}?{_DEMONYM}\b",
        rf"^,\s[^,;:.]{{0,60}}\b(?:based|headquartered)\sin\s{_PLACE}",
    )
)
_MAKERS = "maker|manufacturer|producer|provider|developer|supplier|seller|builder|retailer|brewer|distributor|importer"
_TRADE = re.compile(
    rf"^(?:,\s|\sis\s|\swas\s)(?:(?:the|an?)\s[^,;:.]{{0,60}}?(?:{_MAKERS})\sof\s(?P<of>[^,;:.]{{3,80}})"
    rf"|(?:the|an?)\s(?P<what>[a-z][^,;:.]{{2,40}}?)\s(?:{_MAKERS})\b"
    r"|(?:which|that)\s(?:makes|sells|builds|produces|develops|brews|manufactures)\s(?P<makes>[^,;:.]{3,80}))"
)
_DATELINE = re.compile(
    r"^(?P<place>[A-Z][A-Z.'\s-]{2,30}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)(?:,\s[A-Z][\w.\s]{1,20}){0,2}"
    r"(?:,\s[A-Z][a-z]{2,8}\.?\s\d{1,2},\s\d{4}|,\s\d{1,2}\s[A-Z][a-z]{2,8}\s\d{4})?"
    r"(?:\s\([A-Za-z\s]{2,30}\)|\s/[A-Za-z\s]{2,20}/)?\s(?:--?|[–—])\s"
)


class Verdict(Enum):
    """How the marks of a page compare with those of the company."""

    CONFIRMED = "confirmed"
    UNDECIDED = "undecided"
    CONTRADICTED = "contradicted"


class Marks:
    """The marks of a company, prepared for comparison."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._stems = frozenset(map(words.stem, subject.own_words))
        self._knows_places = subject.has_places or len(subject.own_words) >= MIN_OWN_WORDS
        towns = "|".join(re.escape(town.title()) for town in sorted(subject.towns) if len(town) > 2)
        self._towns = re.compile(rf"\b(?:{towns}|{towns.upper()})\b") if towns else None
        label = "".join(subject.split_name.words)
        self._label = label if len(label) >= MIN_LABEL_CHARACTERS else ""
        self._is_common = all(
            word in NOT_DISTINCTIVE or word in GENERIC_NAME_WORDS for word in subject.split_name.words
        )

    def judge(self, page: TextPage, sentences: Sequence[Sentence]) -> Verdict:
        """Return whether a page is about the company or a namesake, as far as it shows that."""
        if self.confirms(page):
            return Verdict.CONFIRMED
        if self._is_namesakes_site(page.url) or any(
            sentence.contradicts or self.contradicts(sentence) for sentence in sentences if sentence.mentions
        ):
            return Verdict.CONTRADICTED
        if any(self._is_elsewhere(line) for line in page.text.splitlines()[:MAX_HEAD_LINES]):
            return Verdict.CONTRADICTED
        if self._is_common and (self._knows_places or self._subject.domain):
            return Verdict.CONTRADICTED  # a common name needs a second mark
        return Verdict.UNDECIDED

    def confirms(self, page: TextPage) -> bool:
        """Return whether a page has a second mark: domain, town, postcode, number, telephone or person."""
        subject = self._subject
        text = page.text
        if self._towns is not None and self._towns.search(text):
            return True
        domain = subject.domain
        if (
            domain
            and domain != domain_of(page.url)
            and re.search(rf"(?<![\w.-])(?:www\.)?{re.escape(subject.host)}(?![\w-])", f"{text}\n{page.html}", re.I)
        ):
            return True
        plain = folded(text)
        if any(re.search(rf"\b{re.escape(person)}\b", plain) for person in subject.people):
            return True
        squeezed = re.sub(r"[\s-]", "", text).upper()
        numbers = {*subject.numbers, *([subject.registry_number] if subject.registry_number else [])}
        if any(len(mark) > 4 and mark in squeezed for mark in (*subject.postcodes, *numbers)):
            return True
        digits = re.sub(r"\D", "", text) if subject.phones else ""
        return any(phone in digits for phone in subject.phones)

    def contradicts(self, sentence: Sentence) -> bool:
        """Return whether a sentence says of the company named in it that it is elsewhere or does something else."""
        text = sentence.text.replace("’", "'")
        for mention in sentence.mentions:
            before, after = text[: mention.start], text[mention.end :]
            places = [*_places(_BEFORE, before[-80:]), *_places(_AFTER, after[:160])]
            if any(self.has_place(place) is False for place in places):
                return True
            trade = _TRADE.match(after[:200])
            if trade is not None and self._is_other_trade(trade["of"] or trade["what"] or trade["makes"]):
                return True
        return False

    def has_place(self, place: str) -> bool | None:
        """Return whether a place is the company's; None if that cannot be said."""
        place = re.sub(r"-(?:based|headquartered|area|born)$", "", place)
        parts = [word for word in words_of(place) if len(word) > 1 and word not in NAMELESS]
        if not parts or (place.isupper() and place not in ("US", "UK")):
            return None
        code = DEMONYMS.get(parts[0]) or country_code(place)
        if code is not None:
            if self._subject.is_country_known:
                return code == self._subject.country
            return True if any(part in self._subject.own_words for part in parts) else None
        if any(part in self._subject.own_words or part in self._subject.towns for part in parts):
            return True
        if any(" ".join(parts) in town or town in " ".join(parts) for town in self._subject.towns):
            return True
        return False if self._knows_places else None

    def _is_other_trade(self, trade: str) -> bool:
        stems = words.content(trade) - frozenset(map(words.stem, GENERIC_NAME_WORDS | NAMELESS))
        return bool(stems) and len(self._subject.own_words) >= MIN_OWN_WORDS and not stems & self._stems

    def _is_namesakes_site(self, url: str) -> bool:
        """Return whether a page is of a site whose domain has the company's name, but is not the company's."""
        domain = domain_of(url) or ""
        return bool(
            self._label
            and self._subject.domain
            and domain != self._subject.domain
            and self._label in re.sub(r"\W", "", domain.partition(".")[0].lower())
        )

    def _is_elsewhere(self, line: str) -> bool:
        match = _DATELINE.match(line)
        return match is not None and self._subject.has_places and self.has_place(match["place"].title()) is False


def _places(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[str]:
    for pattern in patterns:
        match = pattern.search(text)
        if match is not None:
            yield match["place"]
