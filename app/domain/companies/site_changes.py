"""Find what changed on a company's pages since earlier visits, apart from content that rotates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from hashlib import sha256

from app.domain.companies.research.normalization import folded
from app.domain.companies.research.passages import BOILERPLATE, MAX_SENTENCE_CHARACTERS, cut
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.signal_rules import MAX_QUOTE_CHARACTERS, MIN_WORDS, CrawledPage
from app.domain.companies.signals import SignalCandidate

MIN_NEW_LINES, MIN_NEW_SHARE = 3, 0.1
"""A page changed if it has that many new lines, or if that share of its characters is new."""
SITE_CHANGE_STRENGTH = 0.5
MAX_SLOT_LINES = 4
"""So many lines that took the place of as many others are a slot with rotating content, not news."""
MAX_ROTATING_LINES = 8
"""Lines under a heading of rotating content that are taken to belong to it."""
MAX_COMPARED_LINES = 1_500
"""Lines of a page that are compared with their order; the comparison takes time with their square."""
_ROTATING_HEADING = re.compile(
    r"^\W*(?:testimonials?|(?:customer |client )?reviews?|(?:quote|tip|word|photo|product|deal"
    r"|offer) of the (?:day|week)"
    r"|did you know|what (?:our |people|clients|customers|they|others).{0,30}\bsay(?:ing)?|hear from our|kind words"
    r"|related|you (?:may|might) also like|recommended|recently viewed|trending|popular|featured|from our instagram"
    r"|latest (?:tweets?|reviews?)|bestsellers?|customers also bought|more (?:articles|posts|stories))\b",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"^\W{0,3}[\"“„«‘]|[\"”»]\W{0,3}$|[★☆⭐]|\b[1-5](?:\.\d)? ?(?:/ ?5|out of 5|stars?)\b", re.IGNORECASE
)
_ATTRIBUTION = re.compile(r"^\s*[–—~-]\s?\S")
MAX_ATTRIBUTION_WORDS = 8


def find_changes(before: Mapping[str, Sequence[str]], pages: Sequence[CrawledPage]) -> Iterator[SignalCandidate]:
    """Yield the pages that are new or whose text changed; `before` has earlier texts by URL, newest first.

    A line that any page had at any earlier visit is not new, and neither are quotations, what stands under headings
    such as "Testimonials", and a few lines in place of as many. Without an earlier visit there are no changes.
    """
    if not before:
        return
    known = {key for texts in before.values() for text in texts for key in map(_key, _lines(text))}
    for page in pages:
        lines = _lines(page.text)
        previous = before.get(page.url)
        places = set(_rotating(lines)) | (set(_slots(_lines(previous[0]), lines)) if previous else set())
        new = [
            line
            for place, line in enumerate(lines)
            if place not in places and _key(line) not in known and not BOILERPLATE.search(line)
        ]
        substantial = [line for line in new if len(line.split()) >= MIN_WORDS and not is_prompt_injection(line)]
        if not substantial or (previous is not None and not _is_changed(new, page.text)):
            continue
        title = "New page" if previous is None else "The site changed"
        identity = f"{page.url} {sha256(page.text.encode()).hexdigest()}"
        quote = max(substantial, key=len)[:MAX_QUOTE_CHARACTERS]
        yield SignalCandidate(
            "site_change", title, quote, page.url, page.text, page.published_on, SITE_CHANGE_STRENGTH, identity
        )


def _lines(text: str) -> list[str]:
    return [line for whole in text.splitlines() for line in cut(whole, MAX_SENTENCE_CHARACTERS)]


def _key(line: str) -> str:
    """Return what two lines have in common that differ in figures only, such as counters and dates."""
    return re.sub(r"\d+", "0", folded(line))


def _is_changed(new_lines: Sequence[str], text: str) -> bool:
    return len(new_lines) >= MIN_NEW_LINES or sum(map(len, new_lines)) >= MIN_NEW_SHARE * len(text)


def _rotating(lines: Sequence[str]) -> Iterator[int]:
    """Yield the places of quotations with their attributions, and of lines under headings of rotating content."""
    left = 0
    was_quote = False
    for place, line in enumerate(lines):
        is_heading = len(line.split()) <= MAX_ATTRIBUTION_WORDS and _ROTATING_HEADING.search(line) is not None
        left = MAX_ROTATING_LINES if is_heading else left - 1
        is_attribution = was_quote and len(line.split()) <= MAX_ATTRIBUTION_WORDS and not line.endswith((".", "!"))
        is_quote = _QUOTE.search(line) is not None
        if is_quote or is_attribution or is_heading or left > 0 or _ATTRIBUTION.match(line):
            yield place
        was_quote = is_quote or is_attribution


def _slots(old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    """Yield the places of lines that took the place of as many others."""
    old_keys, new_keys = (list(map(_key, lines[:MAX_COMPARED_LINES])) for lines in (old, new))
    matcher = SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation == "replace" and old_end - old_start == new_end - new_start <= MAX_SLOT_LINES:
            yield from range(new_start, new_end)
