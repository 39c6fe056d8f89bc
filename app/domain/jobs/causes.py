"""Causes of errors in words: what an error text means to a person, and what helps."""

from __future__ import annotations

import re
from dataclasses import dataclass

VARIABLE_PARTS = (
    r"https?://\S+"
    r"|[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|'[^']{0,80}'(?!\w)"
    r'|"[^"]{0,80}"'
    r"|[0-9]+([.,][0-9]+)*"
)
"""Parts of an error that differ between errors with the same cause, as a regular expression of Postgres."""
OMISSION = "…"

NO_MATCH = "no match"
CODES = {
    "dns_error": "The domain was not found",
    "server_error": "The website's server has an error",
    "blocked": "The website refuses our visits",
    "timeout": "There was no answer in time",
    "tls_error": "The website's certificate is invalid",
    "robots_denied": "The website's robots.txt forbids visits",
    "private_address": "The website has a private address",
    "not_html": "The address is not a web page",
    "parked": "The domain is parked",
    "taken_over": "Somebody else uses the domain",
    "redirected_offsite": "The website leads to another site",
    "gone": "The page does not exist",
}
"""Codes at the beginning of an error, in words."""
_CODE = re.compile(rf"^({'|'.join(CODES)})\b:? ?")
_LINE = re.compile(r"^line [0-9]{1,12}: ")
"""Differs between the rows of a file with the same problem."""
_EXCEPTION = re.compile(r"^[A-Z][A-Za-z]{2,60}: (?=\S)")


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error in words."""

    text: str
    advice: str = ""
    """What to do; empty if only the text can tell."""


def explain(kind: str, error: str) -> Explanation:
    """Return an error of a job, or of one of its items, in words."""
    text = error.removeprefix(f"{kind}: ").strip()
    if kind.startswith("geocode_") and (found := _explain_geocoding(text)):
        return found
    if code := _CODE.match(text):
        return Explanation(CODES[code[1]])
    text = _LINE.sub("", _EXCEPTION.sub("", text, count=1), count=1)
    return Explanation(text[:1].upper() + text[1:] if text else "It failed without a message")


def _explain_geocoding(text: str) -> Explanation | None:
    """Explain the answers of several geocoders: `nominatim: no match; census: no answer within 5 s`."""
    answers = [part.partition(": ")[::2] for part in text.split("; ")]
    if not all(provider and " " not in provider and detail for provider, detail in answers):
        return None
    failed = [provider for provider, detail in answers if detail != NO_MATCH and not detail.startswith("found ")]
    others = [detail for _, detail in answers if detail.startswith("found ")]
    if failed:
        return Explanation(f"Not found, and {_listed(failed)} could not be asked", "Try these again later.")
    if others:
        return Explanation(
            "Only another or a less exact place was found", "Correct these addresses, or accept what was found."
        )
    return Explanation("No geocoder knows the address", "Correct these addresses, or set their positions.")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
