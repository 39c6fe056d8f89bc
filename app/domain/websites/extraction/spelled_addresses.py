"""E-mail addresses whose @ or dots are spelled out: `info [at] example [dot] com`, `info at example dot com`.

A bare `at` is a preposition: "Visit us at our-site.com" contains no address, whatever the domain. So a bare `at` counts
only if the dots are spelled out too, and only if the word before it is no ordinary word of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from app.domain.websites.extraction.wordlists import words

# All repetitions are bounded: a hostile page could make an unbounded regular expression run forever.
_AT_WORDS = r"at|@|ät|aet|arroba|chiocciola|apenstaartje|kukac|at sign|at-sign|atsign|a t|nospam at"
_DOT_WORDS = r"dot|punkt|point|punto|punt|\.|d o t|ponto|pont|tečka|kropka"
_OPEN, _CLOSE = r"[\[({<|«]{1,3}", r"[\])}>|»]{1,3}"
_SPACE = r"[\s\x1f]{0,3}"
_LETTER = "a-z0-9À-ÖØ-öø-ɏ"
_LOCAL = rf"(?<![\w.+-])([{_LETTER}][\w.+-]{{0,63}}?)"
_DOT = rf"{_SPACE}{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}{_SPACE}"
_BARE_DOT = r"\s{1,3}(?:dot|punkt|point|punto|ponto)\s{1,3}"

# name [at] example [dot] com, (at), {at}; the dots may be plain.
BRACKETED = re.compile(
    rf"{_LOCAL}(?:{_SPACE}{_OPEN}{_SPACE}(?:{_AT_WORDS}){_SPACE}{_CLOSE}{_SPACE}|\(a\)|\[a\])"
    rf"((?:[{_LETTER}-]{{1,63}}(?:{_DOT}|\.|{_BARE_DOT})){{1,4}}[a-z]{{2,24}})(?![\w-])",
    re.IGNORECASE,
)
# name -at- example.com, name _at_ example.com: with spaces around, or with the dot spelled in the same way.
_DASHED = re.compile(
    rf"{_LOCAL}(?:\s{{1,3}}([-_~*])(?:at|@)\2\s{{1,3}}((?:[{_LETTER}-]{{1,63}}(?:\s?\2dot\2\s?|\.)){{1,4}}[a-z]{{2,24}})"
    rf"|([-_~*])(?:at|@)\4((?:[{_LETTER}]{{1,63}}\4dot\4){{1,4}}[a-z]{{2,24}}))(?![\w-])",
    re.IGNORECASE,
)
# name at example dot com.
_SPOKEN = re.compile(
    rf"{_LOCAL}\s{{1,3}}(at|ät|arroba)\s{{1,3}}((?:[{_LETTER}-]{{1,63}}{_BARE_DOT}){{1,4}}[a-z]{{2,24}})(?![\w-])",
    re.IGNORECASE,
)
# name @ example.com.
_SPACED = re.compile(
    rf"{_LOCAL}\s{{1,3}}(@)\s{{0,3}}((?:[{_LETTER}-]{{1,63}}(?:\.|{_BARE_DOT})){{1,4}}[a-z]{{2,24}})(?![\w-])",
    re.IGNORECASE,
)
# The middle of each pattern: to search for that first takes a tenth of the time.
_IN_BRACKETED = re.compile(rf"{_OPEN}{_SPACE}(?:{_AT_WORDS}){_SPACE}{_CLOSE}|\(a\)|\[a\]", re.IGNORECASE)
_IN_DASHED = re.compile(r"([-_~*])(?:at|@)\1", re.IGNORECASE)
_IN_SPOKEN = re.compile(r"\s(?:at|ät|arroba)\s{1,3}\S{1,63}\s{1,3}(?:dot|punkt|point|punto|ponto)\s", re.IGNORECASE)
_IN_SPACED = re.compile(r"\s@")
_DOTS = re.compile(
    rf"{_SPACE}(?:{_OPEN}{_SPACE}(?:{_DOT_WORDS}){_SPACE}{_CLOSE}|(?<=\s)(?:dot|punkt|point|punto|ponto)(?=\s)"
    rf"|[-_~*]dot[-_~*]){_SPACE}",
    re.IGNORECASE,
)
MAX_CHARACTERS_BEFORE = 80
"""Searched before the middle of a pattern."""
MAX_MATCH_CHARACTERS = 600
MAX_CANDIDATES = 3_000
"""Middles examined per text."""

# Words before "at" in ordinary sentences. None of them is the name of a mailbox, except with brackets.
_PROSE = words("""
    us me you him her it them we i they he she one this that these those here there where now then online offline
    out in up down off away back over free live open closed look looks looking visit visits visiting available found
    find located site website web webpage page pages homepage store stores shop shopping buy order ordering ordered
    book booking read more learn watch see seen view listen meet met join follow like stay work works working worked
    works eat eats dine drink play start starts starting begin begins arrive arrives today tomorrow tonight yesterday
    always only just also even directly direct account accounts address addresses mail email emails e-mail mailbox
    blog profile portal app forum login register registered sign apply donate download downloads listed featured
    based hosted sold published posted reviews reviewed people person team members everyone someone anyone nobody
    friends family guys folks is are was were be been am of for to by on and or not but with from about as if when
    good great best better fun music event events photos pictures videos video details information anytime
    calls call calling called contact reach write text chat talk talking speak question questions feedback
    fax phone number numbers nummer uns mich ihn sie online-shop seite webseite jetzt hier mehr
    nous moi vous en ligne ici site plus nosotros aquí mas más noi qui
""")
_TIME = re.compile(r"\d{1,4}\.(?:am|pm|uhr)")
_ARTICLES = words("the a an this that our your my his her their its any some every each least last first")
# What announces an address.
_CUE = re.compile(
    r"(?:(?<![^\W_])(?:e-?mail|mail|adresse?|correo|courriel)\s{0,3}"
    r"|(?:contact|kontakt|contatto|write|reach|mail|schreiben)[\s:]{1,3}(?:(?:us|me|him|her|uns)\s{1,3})?(?:at|to|an|via|by)?\s{0,3})"
    r"(?:(?:us|me|him|her|uns|address|is|at|to|an)\s{0,3}){0,3}[:=–-]?\s{0,3}$",
    re.IGNORECASE,
)
_ROLES = words("info hello hallo office admin kontakt webmaster contactus enquiries enquiry inquiries mailbox")
"""Names of mailboxes that are no words of sentences about a place."""


def find_bracketed(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (address, start, end) for the addresses with a bracketed `at`, from left to right."""
    for match in _find_around(BRACKETED, _IN_BRACKETED, text):
        yield decode_match(match), match.start(), match.end()
    for match in _find_around(_DASHED, _IN_DASHED, text):
        domain = match[3] or match[5]
        yield f"{match[1]}@{_decode_domain(domain)}", match.start(), match.end()


def find_spoken(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (address, start, end) for the addresses with a bare `at` and spelled dots, or with a spaced `@`."""
    for pattern, middle in ((_SPOKEN, _IN_SPOKEN), (_SPACED, _IN_SPACED)):
        for match in _find_around(pattern, middle, text):
            if _is_address(text, match):
                yield f"{match[1]}@{_decode_domain(match[3])}", match.start(), match.end()


def is_prose_word(word: str) -> bool:
    """Return whether the word stands before `at` in ordinary sentences: us, online, visit."""
    return word.lower() in _PROSE


def _is_address(text: str, match: re.Match[str]) -> bool:
    """Return whether words around a bare `at` are an address and not a sentence."""
    local, at, domain = match[1].lower(), match[2], match[3].lower()
    if local in _PROSE or re.split(r"[\s.]", domain, maxsplit=1)[0] in _ARTICLES:
        return False
    if at == "@" and _TIME.fullmatch(domain):
        return False
    if re.search(r"[\d._+]" if at == "@" else r"[\d._+-]", local) or (at.isupper() and not match[1].isupper()):
        return True
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 2]
    stands_alone = not before.rstrip(" ") or before.rstrip(" ")[-1] in "\x1e\x1f:(["
    if stands_alone and (not after.strip(" ") or after.strip(" ")[0] in "\x1e\x1f.,;)]"):
        return True
    return bool(_CUE.search(before)) or local in _ROLES


def _find_around(pattern: re.Pattern[str], middle: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    position = 0
    for candidate in islice(middle.finditer(text), MAX_CANDIDATES):
        if candidate.start() >= position:
            start = max(position, candidate.start() - MAX_CHARACTERS_BEFORE)
            if match := pattern.search(text, start, start + MAX_MATCH_CHARACTERS):
                yield match
                position = match.end()


def decode_match(match: re.Match[str]) -> str:
    """Return the address in a match of BRACKETED."""
    return f"{match[1]}@{_decode_domain(match[2])}"


def _decode_domain(text: str) -> str:
    """Decode a domain: example [dot] com → example.com."""
    return re.sub(r"\s+", "", _DOTS.sub(".", text))
