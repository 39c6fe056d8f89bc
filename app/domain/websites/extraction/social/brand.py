"""The names of the business that a page belongs to, and how similar a handle is to them."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cached_property

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.social.json_ld import business_objects
from app.domain.websites.extraction.social.platforms import platform_of
from app.domain.websites.extraction.wordlists import words

# Words that do not identify a business.
_COMMON_WORDS = words("""
    the and of for a an in at on to our us we about contact home page homepage official welcome site website
    online web inc llc ltd gmbh co kg ag sa srl bv plc corp company group shop store www com net org de uk info
    kontakt impressum kontakte contacts contattaci contacto und der die das le la les des du el los il lo di da
    y et from with your you locations location map directions hours email form
""")
MIN_WORD_CHARACTERS = 4
"""Minimum length of a word, or a part of a handle, that may identify a business."""
MAX_NAME_CHARACTERS = 2_000
"""Read of a text that contains names."""


class Similarity(IntEnum):
    """How similar a handle is to the names of the business."""

    NONE = 0
    SOME = 1
    """They have a word in common."""
    HIGH = 2
    """Most of the handle comes from the names."""


class Brand:
    """The names of a business, reduced to letters and digits: those that its page states, and `name` if it is known.

    They are extracted when they are first used, since most pages show no profile.
    """

    def __init__(self, document: Document, name: str = "") -> None:
        self._document = document
        self._name = name

    @cached_property
    def label(self) -> str:
        """The label of the registered domain: `acme` of acme.com; empty if that is a social platform."""
        domain = self._document.domain or ""
        return "" if platform_of(domain) else squeeze(domain.partition(".")[0].removeprefix("www"))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the name, the titles and the copyright notice."""
        text = f"{self._name} {_stated_names(self._document)} {_copyright_holder(self._document)}"[:MAX_NAME_CHARACTERS]
        words = [squeeze(spelling) for word in re.split(r"[^\w&']+", text)[:60] for spelling in _spellings(word)]
        return tuple(dict.fromkeys(word for word in words if word))

    @property
    def distinctive_words(self) -> list[str]:
        """The words that identify the business."""
        return [word for word in self.words if word not in _COMMON_WORDS]

    def similarity(self, handle: str) -> Similarity:
        """Return how similar the handle is.

        HIGH: it contains the label of the domain, or at least half of it are words of the names, or it is their
        initials.
        """
        handle = squeeze(handle)
        if len(handle) < 2:
            return Similarity.NONE
        if self.label and _contains(self.label, handle):
            return Similarity.HIGH
        joined = "".join(self.words)
        if len(handle) >= MIN_WORD_CHARACTERS and handle in joined:
            return Similarity.HIGH
        if len(handle) <= 5 and handle[:4] in "".join(word[0] for word in self.words):
            return Similarity.HIGH
        if not any(len(word) >= MIN_WORD_CHARACTERS and word in handle for word in self.distinctive_words):
            return Similarity.NONE
        is_mostly_covered = 2 * self._count_covered(handle) >= len(handle.rstrip("0123456789"))
        return Similarity.HIGH if is_mostly_covered else Similarity.SOME

    def starts(self, handle: str) -> bool:
        """Return whether the handle starts with a word of the business."""
        return any(
            len(word) >= MIN_WORD_CHARACTERS and handle.startswith(word)
            for word in (self.label, *self.distinctive_words)
        )

    def is_named_in(self, text: str) -> bool:
        """Return whether the text contains a name of the business."""
        return any(len(word) >= MIN_WORD_CHARACTERS and word in self.words for word in distinctive_words(text)) or (
            len(self.label) >= MIN_WORD_CHARACTERS and self.label in squeeze(text[:MAX_NAME_CHARACTERS])
        )

    def _count_covered(self, handle: str) -> int:
        """Return the number of characters of the handle that come from words of the names."""
        remaining = handle
        for word in sorted(self.words, key=len, reverse=True):
            shortest = min(len(word), MIN_WORD_CHARACTERS)
            stems = (word[:length] for length in range(len(word), shortest - 1, -1))
            stem = next((stem for stem in stems if stem in remaining), "")
            if len(stem) >= 2:
                remaining = remaining.replace(stem, "\0", 1)
        return len(handle) - len(remaining.replace("\0", ""))


def distinctive_words(text: str) -> list[str]:
    """Return the words of a text that may be part of a name, reduced to letters and digits."""
    words = map(squeeze, re.split(r"[^\w&']+", text[:MAX_NAME_CHARACTERS]))
    return [word for word in words if word and word not in _COMMON_WORDS]


def _stated_names(document: Document) -> str:
    """Return the title of the page, the name of the site and those of its organisations."""
    names = [document.metas.get("og:site_name", ""), document.metas.get("application-name", ""), document.title]
    organisations = [entity["name"] for entity in business_objects(document) if isinstance(entity.get("name"), str)]
    names += [name[:MAX_NAME_CHARACTERS] for name in organisations[:3]]
    return " ".join(name for name in names if name)


def _contains(first: str, second: str) -> bool:
    """Return whether the shorter text is a substantial part of the longer one."""
    short, long = sorted((first, second), key=len)
    if len(short) >= MIN_WORD_CHARACTERS and short in long:
        return True
    return len(short) >= 2 and long.startswith(short) and len(long) <= len(short) + 8


_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s\x1f]{0,3}(?:©|\(c\)|copyright)?[\s\x1f\d–-]{0,20}([\w&' .-]{3,60})", re.IGNORECASE
)


def _copyright_holder(document: Document) -> str:
    """Return the name in the last copyright notice, an empty string if there is none."""
    holders = [match[1] for match in _COPYRIGHT.finditer(document.text[-4000:])]
    return re.split(r"(?i)\ball rights\b|\balle rechte\b|\.", holders[-1])[0] if holders else ""


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def _spellings(word: str) -> list[str]:
    """Return the spellings of a word in handles: Krüger may be kruger or krueger."""
    lower = word.lower()
    return [word] if lower.isascii() or (other := lower.translate(_UMLAUTS)) == lower else [word, other]


def squeeze(text: str) -> str:
    """Reduce a text to its letters and digits, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isalnum()).lower()
