"""Find where a text names a company, and not one whose name only contains the company's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.domain.companies.identity.legal_forms import are_compatible, form_after
from app.domain.companies.identity.subject import Subject
from app.domain.companies.identity.vocabulary import (
    COMPANY_NOUNS,
    DEMONYMS,
    EVENT_WORDS,
    GENERIC_NAME_WORDS,
    NAMELESS,
    NOT_DISTINCTIVE,
    PREPOSITIONS,
)
from app.domain.companies.research.normalization import fold

MIN_SHORT_CHARACTERS = 4
SEPARATOR = r"(?:[\s\-_.,&'+/]|and){0,4}"
_PREVIOUS = re.compile(r"(?<![\w'’.&-])([\w'’.&-]{1,40})[^\S\n]{1,3}$")
_NEXT = re.compile(r"^(['’]s?\b)?([\s]+)([\w'’&-]+)")
_CONTINUING = (COMPANY_NOUNS | GENERIC_NAME_WORDS) - EVENT_WORDS - frozenset({"new", "north", "south", "east", "west"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a sentence names the company."""

    start: int
    end: int
    """Behind the legal form, if one follows."""
    is_possessive: bool
    contradicts: bool
    """A legal form stands there that is not the company's: it is a namesake."""


class NameFinder:
    """Finds mentions of a company."""

    def __init__(self, subject: Subject) -> None:
        self._forms = subject.legal_forms
        full = [name.words for name in subject.all_names if name.words]
        short = [words[:count] for words in full for count in _short_lengths(words)]
        self._full, self._short = _pattern(full), _pattern(short)
        domain = subject.domain or ""
        is_name = "." in domain and not domain.replace(".", "").isdigit()
        self._domain = re.compile(rf"(?<![\w.@-])(?:www\.)?{re.escape(domain)}(?![\w-])", re.I) if is_name else None

    def has_full_name(self, text: str) -> bool:
        """Return whether a text contains the whole name, apart from its legal form."""
        return any(True for _ in self._mentions(text, self._full))

    def find(self, sentence: str, *, allows_short: bool = True) -> list[Mention]:
        """Return the mentions in order; those of the short name, the distinctive beginning, only if allowed."""
        found = list(self._mentions(sentence, self._full))
        if allows_short:
            taken = [(mention.start, mention.end) for mention in found]
            found += [
                mention
                for mention in self._mentions(sentence, self._short)
                if not any(start < mention.end and mention.start < end for start, end in taken)
            ]
        if self._domain is not None:
            found += [Mention(m.start(), m.end(), False, False) for m in self._domain.finditer(sentence)]
        return sorted(found, key=lambda mention: mention.start)

    def _mentions(self, sentence: str, pattern: re.Pattern[str] | None) -> Iterator[Mention]:
        if pattern is None:
            return
        text = fold(sentence)
        for match in pattern.finditer(text.text):
            start, end = text.origins[match.start()], text.origins[match.end() - 1] + 1
            if not sentence[start].isupper() and not sentence[start].isdigit() and not _is_styled(sentence, start):
                continue
            rest = sentence[end:].partition("\n")[0]
            form = form_after(rest)
            contradicts = bool(form and self._forms) and not any(are_compatible(form, own) for own in self._forms)
            if form is not None:
                end += _form_length(rest, form)
            elif _continues(rest):
                continue
            if _is_continued(sentence[:start]):
                continue
            possessive = re.match(r"['’](?:s\b)?", sentence[end : end + 2])
            yield Mention(start, end, possessive is not None, contradicts)


def _short_lengths(words: tuple[str, ...]) -> Iterator[int]:
    """Yield how many words from the beginning can stand for the whole name: what follows distinguishes nobody."""
    for count in range(len(words) - 1, 0, -1):
        if words[count] not in GENERIC_NAME_WORDS:
            return
        beginning = words[:count]
        if count > 1 or (
            len(beginning[0]) >= MIN_SHORT_CHARACTERS
            and beginning[0] not in NOT_DISTINCTIVE
            and beginning[0] not in GENERIC_NAME_WORDS
            and beginning[0] not in NAMELESS
        ):
            yield count


def _pattern(names: list[tuple[str, ...]]) -> re.Pattern[str] | None:
    if not names:
        return None
    spelled = sorted({SEPARATOR.join(map(re.escape, words)) for words in names}, key=len, reverse=True)
    return re.compile(rf"(?<![\w@])(?<!\w-)(?:{'|'.join(spelled)})(?!\w|-\w)")


def _is_styled(sentence: str, start: int) -> bool:
    """Return whether a name in lower case has a capital within, such as iRobot."""
    word = re.match(r"\S{0,40}", sentence[start:])
    return word is not None and any(char.isupper() for char in word[0])


@lru_cache(maxsize=1024)
def _form_length(rest: str, form: str) -> int:
    """Return the length of the legal form at the beginning of a text."""
    for match in re.finditer(r"[\s,.]*[^\s,;:!?()]+", rest[:40]):
        if form_after(rest[: match.end()]) == form:
            following = re.match(r"\.(?=\s*[a-z,(])", rest[match.end() :])
            return match.end() + (following.end() if following else 0)
    return 0


def _continues(rest: str) -> bool:
    """Return whether the name goes on: "Acme" in "Acme Brick Company" is another one."""
    match = _NEXT.match(rest)
    if match is None or match[1] or not match[3][:1].isupper():
        return False
    word = match[3].strip("'’").lower().removesuffix("'s").removesuffix("’s")
    return word in _CONTINUING or (word not in NAMELESS and word not in DEMONYMS)


def _is_continued(before: str) -> bool:
    """Return whether a capitalized word before the mention belongs to the name: "North Acme"."""
    match = _PREVIOUS.search(before[-60:])
    if match is None:
        return False
    word = match[1]
    plain = word.lower().strip("'’.")
    if not word[:1].isupper() or word.endswith(("'s", "’s", ",", ".")) or "-" in word:
        return False
    if plain in ("north", "south", "east", "west"):
        return True
    if plain in NAMELESS or plain in DEMONYMS or plain in PREPOSITIONS:
        return False
    head = before[-60:][: match.start()].rstrip()
    if not head or head[-1] in '.:;!?–—("“':
        return not plain.endswith(("ed", "ing", "ly"))
    return head.rpartition(" ")[2].lower() not in PREPOSITIONS - {"the", "a", "an", "of"}
