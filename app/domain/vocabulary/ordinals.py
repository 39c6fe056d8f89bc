"""English ordinals as streets are named by them, and how they are written with digits."""

from __future__ import annotations

_UNITS = (
    *("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH", "ELEVENTH"),
    *("TWELFTH", "THIRTEENTH", "FOURTEENTH", "FIFTEENTH", "SIXTEENTH", "SEVENTEENTH", "EIGHTEENTH", "NINETEENTH"),
)
_TENS = ("TWENT", "THIRT", "FORT", "FIFT", "SIXT", "SEVENT", "EIGHT", "NINET")


def with_digits(number: int) -> str:
    """Return `1ST`, `2ND`, `3RD`, `4TH`, `11TH`."""
    ending = "TH" if number % 100 in (11, 12, 13) else {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")
    return f"{number}{ending}"


ORDINALS = {
    **{word: with_digits(number) for number, word in enumerate(_UNITS, 1)},
    **{f"{ten}IETH": with_digits(number * 10) for number, ten in enumerate(_TENS, 2)},
    **{
        f"{ten}Y {unit}": with_digits(number * 10 + last)
        for number, ten in enumerate(_TENS, 2)
        for last, unit in enumerate(_UNITS[:9], 1)
    },
}
"""Upper-case words to their form with digits: `FIFTH` to `5TH`, `TWENTY FIRST` to `21ST`."""
