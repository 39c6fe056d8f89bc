"""Whether a handle sounds like the business that a page belongs to."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cached_property

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.social.json_ld import business_objects
from app.domain.websites.extraction.social.platforms import platform_of
from app.domain.websites.extraction.wordlists import words

#: Words that say nothing of who someone is.
_COMMON = words("""
    the and of for a an in at on to our us we about contact home page homepage official welcome site website
    online web inc llc ltd gmbh co kg ag sa srl bv plc corp company group shop store www com net org de uk info
    kontakt impressum kontakte contacts contattaci contacto und der die das le la les des du el los il lo di da
    y et from with your you locations location map directions hours email form
""")
#: Shortest word, and shortest part of a handle, that may stand for a business.
_SHORTEST = 4
#: Characters of names that are read.
MOST_NAMES = 2_000


class Likeness(IntEnum):
    """How much a handle sounds like the business: a word in common, or most of the name."""

    NONE = 0
    SOME = 1
    MUCH = 2


class Brand:
    """Names of a business, squeezed to letters and digits, read once a page names any profile.

    They are the page's own word, and the business' `name` where that is known.
    """

    def __init__(self, document: Document, name: str = "") -> None:
        self._document = document
        self._name = name

    @cached_property
    def label(self) -> str:
        """The domain's."""
        domain = self._document.domain or ""
        return "" if platform_of(domain) else squeezed(domain.partition(".")[0].removeprefix("www"))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The titles'."""
        text = f"{self._name} {_said(self._document)} {_owner(self._document)}"[:MOST_NAMES]
        words = [squeezed(form) for word in re.split(r"[^\w&']+", text)[:60] for form in _forms(word)]
        return tuple(dict.fromkeys(word for word in words if word))

    @property
    def telling(self) -> list[str]:
        """The words that say who the business is."""
        return [word for word in self.words if word not in _COMMON]

    def likeness(self, handle: str) -> Likeness:
        """MUCH: it holds the domain's label, or half of it is words of the name, or it is their first letters."""
        handle = squeezed(handle)
        if len(handle) < 2:
            return Likeness.NONE
        if self.label and _within(self.label, handle):
            return Likeness.MUCH
        joined = "".join(self.words)
        if len(handle) >= _SHORTEST and handle in joined:
            return Likeness.MUCH
        if len(handle) <= 5 and handle[:4] in "".join(word[0] for word in self.words):
            return Likeness.MUCH
        if not any(len(word) >= _SHORTEST and word in handle for word in self.telling):
            return Likeness.NONE
        return Likeness.MUCH if 2 * self._covered(handle) >= len(handle.rstrip("0123456789")) else Likeness.SOME

    def begins(self, handle: str) -> bool:
        return any(len(word) >= _SHORTEST and handle.startswith(word) for word in (self.label, *self.telling))

    def names(self, text: str) -> bool:
        """Whether a text that names someone names the business."""
        return any(len(word) >= _SHORTEST and word in self.words for word in telling(text)) or (
            len(self.label) >= _SHORTEST and self.label in squeezed(text[:MOST_NAMES])
        )

    def _covered(self, handle: str) -> int:
        """Letters of the handle that words of the name account for."""
        left = handle
        for word in sorted(self.words, key=len, reverse=True):
            stem = next((word[:n] for n in range(len(word), min(len(word), _SHORTEST) - 1, -1) if word[:n] in left), "")
            if len(stem) >= 2:
                left = left.replace(stem, "\0", 1)
        return len(handle) - len(left.replace("\0", ""))


def telling(text: str) -> list[str]:
    """The words of a text that may be somebody's name, squeezed."""
    return [word for one in re.split(r"[^\w&']+", text[:MOST_NAMES]) if (word := squeezed(one)) and word not in _COMMON]


def _said(document: Document) -> str:
    """What the page calls the business: its title, the site's name, the organisation's."""
    names = [document.metas.get("og:site_name", ""), document.metas.get("application-name", ""), document.title]
    names += [one["name"][:MOST_NAMES] for one in business_objects(document) if isinstance(one.get("name"), str)][:3]
    return " ".join(name for name in names if name)


def _within(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST and short in long:
        return True
    return len(short) >= 2 and long.startswith(short) and len(long) <= len(short) + 8


_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s\x1f]{0,3}(?:©|\(c\)|copyright)?[\s\x1f\d–-]{0,20}([\w&' .-]{3,60})", re.IGNORECASE
)


def _owner(document: Document) -> str:
    """Who holds the copyright, as the page says."""
    found = [match[1] for match in _COPYRIGHT.finditer(document.text[-4000:])]
    return re.split(r"(?i)\ball rights\b|\balle rechte\b|\.", found[-1])[0] if found else ""


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def _forms(word: str) -> list[str]:
    """A word as handles may spell it: Krüger is kruger or krueger."""
    low = word.lower()
    return [word] if low.isascii() or (other := low.translate(_UMLAUTS)) == low else [word, other]


def squeezed(text: str) -> str:
    """Letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isalnum()).lower()
