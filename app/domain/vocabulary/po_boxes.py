"""Post office boxes, in the words of several countries: addresses that are at no house."""

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
    rf"[ :,.]{{0,2}}{_NUMBER}",
    re.IGNORECASE,
)


def is_po_box(street: str) -> bool:
    """Whether a street is nothing but a post office box: "PO Box 12", "Postfach 10 11 12", "PL 100"."""
    return _BOX.fullmatch(" ".join(street.split())) is not None
