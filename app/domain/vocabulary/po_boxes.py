"""Post office boxes and the like, in the words of several countries: addresses that are at no house of a street."""

from __future__ import annotations

import re

_NUMBER = r"(?:(?:no|nr|num|number)\.? ?|# ?)?[a-z]?-?\d[\d -]{0,12}[a-z]?"
_BOX = re.compile(
    r"(?:(?:p[. ]{0,2}o[. ]{0,2}|post ?office |postal |gpo |g\.p\.o\. ?)(?:box|drawer|bx|b)\.?"  # English
    r"|pob|box|lock(?:ed)? ?(?:box|bag)|private bag|drawer|caller"
    r"|postfach|pf|postlagernd"  # German
    r"|bo[iî]te postale|case postale|b\.?p\.?|c\.?p\.?|tsa|cs"  # French
    r"|apartado(?: de correos| postal)?|apdo\.?|casilla|caixa postal"  # Spanish, Portuguese
    r"|casella postale|postbus|antwoordnummer|postboks|boks|postbox|skrytka pocztowa|skr\. ?poczt\.?"
    r"|pl|postilokero|p\.l\.|pb)"  # Finnish, Swedish
    rf"[ :,.]{{0,2}}{_NUMBER}"
    r"|(?:p[. ]{0,2}o[. ]{0,2}|post ?office |gpo )(?:box|drawer)(?:[ :#,.]{1,2}[a-z]{1,3})?"  # lettered, or no number
    r"|(?:pmb|private mail ?box)[ #]{1,2}\d{1,6}[a-z]?",
    re.IGNORECASE,
)
_ROUTE = re.compile(
    r"(?:r\.? ?r\.?|rural (?:route|rte|rt)|h\.? ?c\.? ?r?\.?|highway contract|hwy contract|star (?:route|rte|rt)"
    r"|r\.? ?f\.? ?d\.?|psc|cmr|unit|rt|rte|route)[ #]{1,2}\d{1,6}[ ,]{1,2}box[ #]{1,2}[a-z]?\d{1,6}[a-z]?"
    r"|(?:r\.? ?r\.?|rural (?:route|rte|rt)|hcr?|highway contract|star (?:route|rte|rt)|rfd)[ #]{1,2}\d{1,4}",
    re.IGNORECASE,
)
"""A box along the way of a mail carrier, or of the armed forces: its road has no name in the address."""
_AT_THE_COUNTER = re.compile(
    r"general delivery|gen(?:eral)? del\.?|poste restante|lista de correos|fermo posta|postlagernd|post restant",
    re.IGNORECASE,
)


def is_po_box(street: str) -> bool:
    """Whether a street is nothing but a post office box or the like: "PO Box 12", "PL 100", "RR 2 Box 15"."""
    text = " ".join(street.split())
    return any(pattern.fullmatch(text) for pattern in (_BOX, _ROUTE, _AT_THE_COUNTER))
