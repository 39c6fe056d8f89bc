"""Whether a handle sounds like the business that a page belongs to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domain.extraction.document import Document
from app.domain.extraction.wordlists import words

#: Words that say nothing of who someone is.
_COMMON = words("""
    the and of for a an in at on to our us we about contact home page homepage official welcome site website
    online web inc llc ltd gmbh co kg ag sa srl bv plc corp company group shop store www com net org de uk info
    kontakt impressum kontakte contacts contattaci contacto und der die das le la les des du el los il lo di da
    y et from with your you locations location map directions hours email form
""")
#: Shortest word, and shortest part of a handle, that may stand for a business.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Brand:
    """Names of a business, squeezed to letters and digits: `label` is the domain's, `words` are the titles'."""

    label: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, document: Document, name: str = "") -> Brand:
        """By the page's own word, and the business' name where that is known."""
        label = squeezed((document.domain or "").partition(".")[0].removeprefix("www"))
        text = f"{name} {document.name_of_site()} {_owner(document)}"
        words = [squeezed(word) for word in re.split(r"[^\w&']+", text)[:60]]
        return cls(label, tuple(dict.fromkeys(word for word in words if word)))

    def resembles(self, handle: str) -> bool:
        """Whether the handle holds the domain's label, or enough of the name; or is made of its first letters."""
        handle = squeezed(handle)
        if len(handle) < 2:
            return False
        if self.label and _within(self.label, handle):
            return True
        words = [word for word in self.words if word not in _COMMON]
        if any(len(word) >= _SHORTEST and word in handle for word in words):
            return True
        if len(handle) >= _SHORTEST and handle in "".join(self.words):
            return True
        return 2 <= len(handle) <= 8 and handle[:4] in "".join(word[0] for word in self.words) and len(handle) <= 5


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


def squeezed(text: str) -> str:
    """Letters and digits alone, without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isalnum()).lower()
