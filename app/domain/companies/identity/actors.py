"""Find who acts in a sentence: the company, "we", somebody that a pronoun stands for, or another party.

There is no parser: actors are names and nouns that can be the subject of a verb, and the subject is looked for before
the verb. A sentence that is not understood counts as somebody else's where that matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from app.domain.companies.identity.mentions import Mention, NameFinder
from app.domain.companies.identity.vocabulary import COMPANY_NOUNS, EVENT_WORDS, NAMELESS, OTHER_PARTIES, ROLE_WORDS


class Who(Enum):
    """Kinds of actors."""

    COMPANY = "company"
    """Its name."""
    FIRST_PERSON = "we"
    DEFINITE = "the company"
    """`It` and the like: what they stand for depends on the sentences before."""
    OTHER = "other"
    """Another name."""
    PARTY = "party"
    """A customer, a rival, a charity and the like."""
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Actor:
    """A name, pronoun or noun in a sentence."""

    who: Who
    start: int
    end: int
    is_head: bool
    """Not in a prepositional phrase or a possessive."""
    is_possessive: bool = False


_VERB = (
    r"is|are|was|were|has|have|had|will|would|can|could|may|might|rais\w+|opened|opens|acquir\w+|appoint\w+|named|names"
    r"|announc\w+|launch\w+|secured|closed|joined|joins|hired|hires|expand\w+|employs|sold|sells|makes|made|said|says"
    r"|won|wins|bought|buys|moved|merged|received|reported|runs|ran|offers|builds|built"
)
_APPOSITION = re.compile(
    rf"(?<=[\w.’')])(?:,|\s[–—-])\s(?:(?:an?|the|its|their|our|one|formerly|based|headquartered|located|founded"
    rf"|established|part|owned|led|makers?|[A-Z][\w’'-]{{1,30}}(?=\s[a-z]))\b"
    rf"(?:(?!\b(?:{_VERB})\b)[^,;:]){{0,140}}|(?:which|who|whose|such as|like|including)\b[^,;:]{{1,140}}"
    rf")(?:,|\s[–—-](?=\s))"
)
_PARENTHESES = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
_LEADING_PHRASE = re.compile(
    r"^\W{0,3}(?:(?:in|on|at|since|from|by|during|after|before|with|for|under|as|founded|based|headquartered|established"
    r"|located|born|formerly|according to|following|thanks to|together with|despite|earlier|later|last|this)\b"
    r"[^,;:]{1,120},\s)",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:we|our|ours|i)\b", re.IGNORECASE)
_DEFINITE = re.compile(
    rf"\bthe\s+(?:[\w-]+\s+){{0,2}}?(?:{'|'.join(sorted(COMPANY_NOUNS, key=len, reverse=True))})\b"
    r"(?!\s+of\s+the\b)|\b(?:it|they|its|their|itself)\b",
    re.IGNORECASE,
)
_PARTY = re.compile(
    rf"\b(?:{'|'.join(sorted(OTHER_PARTIES, key=len, reverse=True))})\b(?!\s+(?:service|base|support|care|satisfaction"
    r"|experience|relations|reviews?|portal|success|program(?:me)?|network)\b)",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][\w’'&.-]*"
_NAME = re.compile(
    rf"(?<![\w@/.])(?=[^\W\d_a-z]){_WORD}(?:\s+(?:(?:&|of|de|van|von|and|und)\s+)?(?=[^\W\d_a-z]){_WORD})*"
)
_ADVERB = re.compile(r"\w+(?:ly,|\s+(?:we|our|the|there|it|you|this|these|all|a|an|no|they|its)\b)", re.IGNORECASE)
"""At the beginning of a sentence, such a word is no name: "Unfortunately we", "Meanwhile the"."""
_PREPOSITION = re.compile(
    r"\b(?:of|in|with|by|to|for|at|from|than|like|behind|against|among|about|on|near|via|through|under|over|between"
    r"|after|before|into|as|per|within|outside|around|across|against|joins?|joined|beats?|including|without)"
    r"\s+(?:(?:the|a|an|our|its|their|his|her|fellow|former|new|local)\s+)*$",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"\b(?:and|but|then|or)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:which|who|that)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_DESCRIBED = re.compile(
    rf"^\s(?:is|are|was|were)\s(?:[\w-]+\s){{1,6}}?(?:{'|'.join(sorted(COMPANY_NOUNS, key=len, reverse=True))})\s$",
    re.IGNORECASE,
)
"""Between an actor and the relative clause that describes it: "Acme is a company that …"."""
_CONJUNCTION_BEFORE = re.compile(
    r"\b(?:after|before|since|as|until|when|because|while|once|although|though|if|than|that)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AUXILIARIES = re.compile(r"\s+(?:(?:has|have|had|is|are|was|were|been|recently|just|also|now|\w+ly)\s+){0,3}$", re.I)
_CLAUSE = re.compile(r"[;:!?]\s|,\s(?:while|whereas|although|though|because|when|as|but|and)\s", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{1,600})[”\"»“]")


def plain(sentence: str) -> str:
    """Return a sentence with straight apostrophes, and blanks in place of appositions and parentheses."""
    text = sentence.replace("’", "'").replace("‘", "'").replace("\u00a0", " ")
    for pattern in (_PARENTHESES, _APPOSITION):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def quotations(sentence: str) -> list[tuple[int, int]]:
    """Return where a sentence quotes speech, with the marks."""
    return [match.span() for match in _QUOTED.finditer(sentence)]


class Sentence:
    """A sentence with its actors."""

    def __init__(self, text: str, names: NameFinder, *, allows_short: bool) -> None:
        self.text = text
        self.plain = plain(text)
        self.mentions: Sequence[Mention] = names.find(text, allows_short=allows_short)
        self.actors: Sequence[Actor] = sorted(self._find(), key=lambda actor: (actor.start, -actor.end))

    @property
    def names_company(self) -> bool:
        """Whether the company is named, apart from appositions."""
        return any(actor.who is Who.COMPANY for actor in self.actors)

    @property
    def contradicts(self) -> bool:
        """Whether a namesake is named: by another legal form."""
        return bool(self.mentions) and all(mention.contradicts for mention in self.mentions)

    def subject_before(self, place: int) -> Actor | None:
        """Return the subject of the verb at `place`; None if there is none."""
        clause = max((match.end() for match in _CLAUSE.finditer(self.plain, 0, place)), default=0)
        actors = [actor for actor in self.actors if clause <= actor.start < place]
        if not actors:
            # a clause that only repeats the verb has the subject of the one before
            return self.subject_before(clause) if clause and _is_coordinated(self.plain, clause) else None
        if (relative := _RELATIVE.search(self.plain, 0, place)) is not None:
            antecedent = self.plain[actors[-1].end : relative.start()]
            if antecedent.strip() and not _DESCRIBED.match(antecedent) and actors[-1].end <= relative.start():
                return Actor(Who.PARTY, relative.start(), relative.start(), True)  # "teams that are hiring"
            return actors[-1]
        if _CONJUNCTION_BEFORE.search(self.plain, 0, actors[-1].start) and _AUXILIARIES.fullmatch(
            self.plain[actors[-1].end : place]
        ):
            return actors[-1]  # a clause of its own: "after Acme raised …"
        heads = [actor for actor in actors if actor.is_head] or actors[:1]
        last = heads[-1]
        if len(heads) == 2 and self.plain[heads[0].end : last.start].strip().lower() in ("and", "&"):
            return heads[0] if heads[0].who is Who.COMPANY else last  # both act
        if _CONJUNCTION.search(self.plain, last.end, place):
            return heads[0]
        return last

    def main_subject(self) -> Actor | None:
        """Return the first actor that is not in a phrase before the main clause."""
        lead = _LEADING_PHRASE.match(self.plain)
        start = lead.end() if lead else 0
        following = [actor for actor in self.actors if actor.start >= start]
        return following[0] if following else self.actors[0] if self.actors else None

    def _find(self) -> Iterator[Actor]:
        """Yield the actors; where several could stand, what is looked for first goes first."""
        taken: list[tuple[int, int]] = []
        for who, start, end, is_possessive in self._candidates():
            if any(a < end and start < b for a, b in taken):
                continue
            if who is Who.FIRST_PERSON and self._is_possessor_of_party(start, end, taken):
                continue
            taken.append((start, end))
            is_head = not (is_possessive or _PREPOSITION.search(self.plain[:start]))
            yield Actor(who, start, end, is_head, is_possessive)

    def _candidates(self) -> Iterator[tuple[Who, int, int, bool]]:
        text = self.plain
        for mention in self.mentions:
            if text[mention.start : mention.end].strip():
                who = Who.OTHER if mention.contradicts else Who.COMPANY
                yield who, mention.start, mention.end, mention.is_possessive
        for match in _PARTY.finditer(text):
            yield Who.PARTY, *match.span(), False
        for match in _FIRST.finditer(text):
            if match[0] != "i":
                yield Who.FIRST_PERSON, *match.span(), False
        for match in _DEFINITE.finditer(text):
            yield Who.DEFINITE, *match.span(), match[0].lower() in ("its", "their")
        taken = list(text)
        for mention in self.mentions:
            taken[mention.start : mention.end] = "_" * (mention.end - mention.start)
        for start, end in _other_names("".join(taken)):
            who = Who.PERSON if _is_person(text, start, end) else Who.OTHER
            yield who, start, end, text[start:end].endswith(("'s", "s'"))

    def _is_possessor_of_party(self, start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
        """Return whether "our" belongs to a party, as in "our rival", which is an actor of its own."""
        if self.plain[start:end].lower() != "our":
            return False
        return any(len(self.plain[end:a].split()) <= 2 for a, _ in taken if a > end)


def _is_coordinated(text: str, clause: int) -> bool:
    return re.search(r",\s(?:but|and)\s$", text[:clause], re.IGNORECASE) is not None


def _other_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the capitalized words that name somebody; a possessive, a role or a verb ends a name."""
    for match in _NAME.finditer(text):
        group: list[tuple[int, str]] = []
        for word in re.finditer(_WORD, match[0]):
            place = match.start() + word.start()
            if _is_name(word[0]) and not (place <= _first_place(text) and _ADVERB.match(text[place:])):
                group.append((place, word[0]))
            if word[0].endswith(("'s", "s'")) or _ends_name(word[0]):
                yield from _name(group)
                group = []
        yield from _name(group)


def _name(words: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    if words:
        start, (last, word) = words[0][0], words[-1]
        yield start, max(last + len(word.rstrip(".,'")), start + 1)


def _first_place(text: str) -> int:
    """Return where the first word of a sentence begins."""
    first = re.search(r"\w", text)
    return first.start() if first else 0


def _ends_name(word: str) -> bool:
    bare = word.strip(".'").lower()
    return bare in ROLE_WORDS or bare in EVENT_WORDS


def _is_name(word: str) -> bool:
    bare = word.strip(".'").lower().removesuffix("'s")
    if bare.endswith(_DESCRIBING_ENDINGS):
        return False  # "Portland-based"
    return word[:1].isupper() and bare not in NAMELESS and len(bare) > 1


_DESCRIBING_ENDINGS = ("-based", "-headquartered", "-listed", "-born", "-area", "-owned", "-backed")
_OF_A_PERSON = re.compile(r"(?!(?:of|and|und)$)[^\W\d_][\w'.-]*")


def _is_person(text: str, start: int, end: int) -> bool:
    """Return whether a name is a person's: two or three words, with a role or a title beside them."""
    words = text[start:end].split()
    if not 2 <= len(words) <= 3 or any(not _OF_A_PERSON.fullmatch(word) for word in words):
        return False
    before = re.findall(r"[\w-]+", text[max(0, start - 40) : start].lower())[-3:]
    after = re.findall(r"[\w-]+", text[end : end + 60].lower())[:8]
    if any(word in ROLE_WORDS for word in before + after):
        return True
    return (
        re.match(r"\s+(?:has\s+)?(?:joins?|joined|resigned|retired|said|says|stepped|steps)\b", text[end:]) is not None
    )
