"""Which profiles on a page are the business' own.

A profile that a page names may be anyone's: of whoever built the site, of the staff, of sponsors, of the writer of an
embedded post. So every mention is weighed by where it stands and what it is called, and by whether the handle sounds
like the business.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.text.storable import storable
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.social.brand import Brand, squeezed
from app.domain.websites.extraction.social.link_context import surroundings
from app.domain.websites.extraction.social.mentions import Mention, mentions
from app.domain.websites.extraction.social.platforms import Profile
from app.domain.websites.extraction.social.scoring import ELSEWHERE, FAINT, NEVER, label_names_another, weight

#: Mentions that are weighed; a page with more is a directory.
MOST_MENTIONS = 400
#: From where on a mention is believed.
ENOUGH = 0.5
#: From where on a mention needs no comparison with a surer one.
CLEAR = 0.7
#: Letters that handles of one house share.
_SHARED = 5


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mention, how sure it is to be the business' own, and its place in the tree, where it has one."""

    profile: Profile
    method: str
    context: str
    weight: float
    place: str = ""
    """Links at like places have like ones."""
    ancestors: tuple[int, ...] = ()
    misnamed: bool = False
    """It is called by a name that is not the business'."""


def find_own_profiles(document: Document, name: str = "") -> list[Finding]:
    """The business' own profiles, the surest first; `name` is the business', where it is known."""
    brand = Brand(document, name)
    weighed = [_weighed(one, brand) for one in islice(mentions(document, brand), MOST_MENTIONS)]
    findings = []
    for one in _rivals(_together(_unrepeated(weighed, brand), brand), brand):
        detail = {"platform": one.profile.platform, "handle": storable(one.profile.handle)}
        evidence = [Evidence(document.url, one.method, one.context)]
        findings.append(Finding(one.profile.url, min(one.weight, 1.0), detail, evidence))
    return merge_findings(findings)


def _weighed(one: Mention, brand: Brand) -> Weighed:
    if one.node is None:
        return Weighed(one.profile, one.method, shorten_context(one.context), one.weight)
    place = surroundings(one.node)
    sure = weight(one, place, brand)
    if one.method == "widget":
        return Weighed(one.profile, one.method, shorten_context(one.context), sure)
    misnamed = sure > NEVER and not one.profile.personal and label_names_another(one.profile, place, brand)
    return Weighed(
        one.profile, one.method, shorten_context(place.near or place.label), sure, place.path, place.ancestors, misnamed
    )


def _together(found: list[Weighed], brand: Brand) -> list[Weighed]:
    """Links to several platforms side by side speak for each other, the more so where one sounds like the business."""
    mates: defaultdict[int, set[Profile]] = defaultdict(set)
    for one in found:
        for ancestor in one.ancestors:
            mates[ancestor].add(one.profile)
    surer = []
    for one in found:
        others = {
            mate for ancestor in one.ancestors for mate in mates[ancestor] if mate.platform != one.profile.platform
        }
        more = 0.3 if any(brand.likeness(mate.handle) for mate in others) else 0.15 if others else 0.0
        sure = one.weight
        if one.misnamed and len({mate.platform for mate in others}) > 1:
            sure += ELSEWHERE  # three platforms in a row are one house's, whatever the pictures are called
        surer.append(replace(one, weight=sure + more) if sure >= FAINT else one)
    return surer


def _unrepeated(found: list[Weighed], brand: Brand) -> list[Weighed]:
    """Without those that stand in a row of like places with like profiles of others: a team, sponsors, members."""
    rows: defaultdict[tuple[str, str], dict[str, Profile]] = defaultdict(dict)
    for one in found:
        if one.place and one.weight >= FAINT:
            rows[one.profile.platform, one.place][one.profile.url.casefold()] = one.profile
    strangers = {
        place
        for place, row in rows.items()
        if len(row) > 1 and not _akin([squeezed(one.handle) for one in row.values()], brand)
    }
    return [
        one
        for one in found
        if (one.profile.platform, one.place) not in strangers
        or brand.likeness(one.profile.handle)
        or (len(rows[one.profile.platform, one.place]) == 2 and one.weight >= 0.7 and not one.profile.personal)
    ]


def _akin(handles: list[str], brand: Brand) -> bool:
    """Whether most of them sound like the business, or all share a word: branches, departments."""
    if 2 * sum(brand.likeness(one) > 0 for one in handles) > len(handles):
        return True
    first, *others = sorted(handles, key=len)
    pieces = (first[at : at + _SHARED] for at in range(len(first) - _SHARED + 1))
    return any(all(piece in other for other in others) for piece in pieces)


def _rivals(found: list[Weighed], brand: Brand) -> list[Weighed]:
    """Those believed; of a platform where one is much surer than the others, the sure ones alone.

    Where a platform tells people and organisations apart and the organisation is there, the people are its staff.
    """
    best: defaultdict[str, float] = defaultdict(float)
    for one in found:
        best[one.profile.platform] = max(best[one.profile.platform], one.weight)
    believed = [one for one in found if one.weight >= ENOUGH]
    organised = {one.profile.platform for one in believed if not one.profile.personal}
    return [
        one
        for one in believed
        if (one.weight >= min(best[one.profile.platform] - 0.25, CLEAR) or brand.likeness(one.profile.handle))
        and not (one.profile.personal and one.profile.platform in organised)
    ]
