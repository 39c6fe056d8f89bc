"""One name for each spelling of post office boxes, rural routes, highways, and streets with numbers for names."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.vocabulary.ordinals import ORDINALS

# each longer spelling before the shorter ones that it begins with
_NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (tuple(spelling.split()), tuple(name.split()))
    for name, spellings in {
        "PO BOX": ("P O BOX", "PO BOX", "POST OFFICE BOX", "POSTAL BOX", "POBOX", "POB", "PO BX", "BOX"),
        "PO DRAWER": ("P O DRAWER", "PO DRAWER", "DRAWER"),
        "RR": ("RURAL ROUTE", "RURAL RTE", "RURAL RT", "RURAL DELIVERY", "R F D", "RFD", "R R", "RR"),
        "HC": ("HIGHWAY CONTRACT ROUTE", "HIGHWAY CONTRACT", "HWY CONTRACT", "STAR ROUTE", "STAR RTE", "HCR", "HC"),
        "COUNTY ROAD": ("COUNTY ROAD", "COUNTY RD", "CNTY ROAD", "CNTY RD", "CO ROAD", "CO RD", "C R", "CR"),
        "COUNTY HIGHWAY": ("COUNTY HIGHWAY", "COUNTY HWY", "CNTY HWY", "CO HIGHWAY", "CO HWY", "CH"),
        "US HIGHWAY": (
            "UNITED STATES HIGHWAY", "US HIGHWAY", "US HWY", "U S HIGHWAY", "U S HWY", "US ROUTE", "US RTE", "US RT",
            "US",
        ),
        "STATE HIGHWAY": ("STATE HIGHWAY", "STATE HWY", "ST HIGHWAY", "ST HWY", "SH"),
        "STATE ROUTE": ("STATE ROUTE", "STATE RTE", "STATE RT", "ST ROUTE", "ST RTE", "ST RT", "S R", "SR"),
        "STATE ROAD": ("STATE ROAD", "STATE RD", "ST ROAD", "ST RD"),
        "FM": (
            "FARM TO MARKET ROAD", "FARM TO MARKET RD", "FARM TO MARKET", "FARM MARKET ROAD", "FM ROAD", "FM RD",
            "F M", "FM",
        ),
        "INTERSTATE": ("INTERSTATE HIGHWAY", "INTERSTATE HWY", "INTERSTATE", "IH", "I"),
        "HIGHWAY": ("HIGHWAY", "HIWAY", "HIWY", "HWAY", "HWY"),
        "TOWNSHIP ROAD": ("TOWNSHIP ROAD", "TOWNSHIP RD", "TWP ROAD", "TWP RD"),
        "ROUTE": ("ROUTE", "RTE", "RT"),
    }.items()
    for spelling in spellings
)  # fmt: skip
_BY_FIRST_WORD: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
for _spelling, _name in sorted(_NAMES, key=lambda pair: -len(pair[0])):
    _BY_FIRST_WORD.setdefault(_spelling[0], []).append((_spelling, _name))


def with_usual_names(words: Sequence[str]) -> list[str]:
    """Return the upper-case words of a street with the usual names of its kind: `CO RD 12` as `COUNTY ROAD 12`.

    A name of a kind counts only with a number behind it. Ordinals become digits: `FIFTH AVE` as `5TH AVE`.
    """
    found: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        for spelling, name in _BY_FIRST_WORD.get(word, ()):
            end = index + len(spelling)
            if spelling == ("BOX",) and index:  # the box of a rural route
                continue
            if tuple(words[index:end]) == spelling and end < len(words) and words[end][0].isdigit():
                found += [*name, words[end]]
                index = end + 1
                break
        else:
            both = ORDINALS.get(" ".join(words[index : index + 2]))
            found.append(both or ORDINALS.get(word, word))
            index += 2 if both else 1
    return found
