"""The words of a claim: those that carry its meaning, and names."""

from __future__ import annotations

import re
from functools import lru_cache

from app.domain.companies.research.normalization import folded

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
STEM_CHARACTERS = 5
"""Forms of a word share that many letters: founded, founder, founding."""
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a about above after again against all along already also although among an and any are around as at away be
        because been before being below between both but by can could did do does doing during each either
        else ever every few for from further had has have having he her here hers him his how i if in into is
        it its itself just like made make makes many may might more most much must my near neither new no nor
        not now of off often on once one only onto or other our ours out over own per rather said same says
        several shall she should since so some such than that the their them then there these they this those
        though through throughout to together too toward under until up upon us use used uses using various
        very via was we were what when where whether which while who whom whose why will with within without
        would yet you your yours
        """,
    )
)
STARTERS = frozenset(
    re.findall(
        r"\w+",
        """
        according additionally based both businesses clients companies company currently customers directors employees
        established financial founded founder founders headquartered key leadership management market members
        offers offices operates operations organisation organization overall people products provides recent
        recently registered revenue services staff team users
        """,
    )
)
"""Words that often begin a sentence and are not names."""


def listed(text: str) -> frozenset[str]:
    """Return the words of a table that is written as text."""
    return frozenset(text.split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of a folded word."""
    return word[:STEM_CHARACTERS] if len(word) > STEM_CHARACTERS else word.removesuffix("s") if len(word) > 3 else word


def stems(text: str) -> frozenset[str]:
    """Return the stems of all words."""
    return frozenset(stem(word) for word in WORD.findall(folded(text)))


def content(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning."""
    return frozenset(stem(w) for w in WORD.findall(folded(text)) if len(w) > 3 and w not in COMMON)


def names(text: str) -> frozenset[str]:
    """Return the capitalized words, folded, except words that only begin a sentence."""
    found = set()
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for place, word in enumerate(WORD.findall(sentence)):
            plain = folded(word).removesuffix("'s")
            if word[0].isupper() and plain not in COMMON and not (place == 0 and plain in STARTERS):
                found.add(plain)
    return frozenset(found)
