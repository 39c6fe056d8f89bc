"""Finding the business's own profiles on a page.

A profile that a page mentions may belong to anybody: to the designer of the site, the staff, a sponsor, the author of
an embedded post. So every mention gets a score from its context, and from how similar its handle is to the names of
the business. Then the scores of neighbouring mentions are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.text.storable import storable
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.findings import Evidence, Finding, merge_findings, shorten_context
from app.domain.websites.extraction.social.brand import Brand, squeeze
from app.domain.websites.extraction.social.link_context import link_context
from app.domain.websites.extraction.social.mentions import Mention, find_mentions
from app.domain.websites.extraction.social.platforms import Profile, parse_profile
from app.domain.websites.extraction.social.scoring import (
    EXCLUDED,
    MIN_GROUP_SCORE,
    OTHERS_PENALTY,
    is_generated,
    label_names_other,
    score,
)

MAX_MENTIONS = 400
"""Scored per page; a page with more mentions is a directory."""
MIN_SCORE = 0.5
"""The score from which a profile is accepted."""
CLEAR_SCORE = 0.7
"""The score from which a profile is accepted even if another one of its platform has a higher score."""
WEBSITE_SCORE = 0.95
"""The score of a profile that the business gives as its website."""
MAX_SCORE_GAP = 0.25
"""Accepted distance to the best profile of the platform, for profiles below CLEAR_SCORE."""
_COMMON_CHARACTERS = 5
"""Shared by the handles of branches of one business."""


@dataclass(frozen=True, slots=True)
class ScoredMention:
    """A mention of a profile with the confidence that it belongs to the business."""

    profile: Profile
    method: str
    context: str
    score: float
    path: str = ""
    """The position in the page (see `LinkContext.path`), empty if there is none. Links with equal paths form a list."""
    group_ancestors: tuple[int, ...] = ()
    """Links with a common ancestor here are side by side."""
    has_other_name: bool = False
    """Its label is the name of somebody else."""


def find_own_profiles(document: Document, business_name: str = "") -> list[Finding]:
    """Return the profiles of the business, highest confidence first; `business_name` may be empty if it is unknown."""
    brand = Brand(document, business_name)
    if own := profile_of_website(document.url):
        return own  # the other profiles on a page of a platform are those of others
    mentions = [_scored(mention, brand) for mention in islice(find_mentions(document, brand), MAX_MENTIONS)]
    mentions = _add_group_bonus(_drop_lists_of_others(mentions, brand), brand)
    findings = []
    for mention in _select(mentions, brand):
        detail = {"platform": mention.profile.platform, "handle": storable(mention.profile.handle)}
        evidence = [Evidence(document.url, mention.method, mention.context)]
        findings.append(Finding(mention.profile.url, min(mention.score, 1.0), detail, evidence))
    return merge_findings(findings)


def profile_of_website(url: str) -> list[Finding]:
    """Return the finding for a website that is a profile itself; an empty list for any other."""
    profile = parse_profile(url)
    if profile is None or profile.is_personal:
        return []
    detail = {"platform": profile.platform, "handle": storable(profile.handle)}
    return [Finding(profile.url, WEBSITE_SCORE, detail, [Evidence(url, "url")])]


def _scored(mention: Mention, brand: Brand) -> ScoredMention:
    if mention.node is None:
        return ScoredMention(mention.profile, mention.method, shorten_context(mention.context), mention.confidence)
    context = link_context(mention.node)
    points = score(mention, context, brand)
    if mention.method == "widget":
        return ScoredMention(mention.profile, mention.method, shorten_context(mention.context), points)
    return ScoredMention(
        profile=mention.profile,
        method=mention.method,
        context=shorten_context(context.nearby_text or context.label),
        score=points,
        path=context.path,
        group_ancestors=context.group_ancestors,
        has_other_name=(
            points > EXCLUDED and not mention.profile.is_personal and label_names_other(mention.profile, context, brand)
        ),
    )


def _add_group_bonus(mentions: Sequence[ScoredMention], brand: Brand) -> list[ScoredMention]:
    """Raise the scores of links to different platforms side by side, most if one of them is similar to the brand."""
    profiles_by_ancestor: defaultdict[int, set[Profile]] = defaultdict(set)
    for mention in mentions:
        for ancestor in mention.group_ancestors:
            profiles_by_ancestor[ancestor].add(mention.profile)
    raised = []
    for mention in mentions:
        neighbours = {
            profile
            for ancestor in mention.group_ancestors
            for profile in profiles_by_ancestor[ancestor]
            if profile.platform != mention.profile.platform
        }
        is_brand_group = any(brand.similarity(profile.handle) for profile in neighbours)
        bonus = 0.3 if is_brand_group else 0.15 if neighbours else 0.0
        points = mention.score
        if mention.has_other_name and len({profile.platform for profile in neighbours}) > 1:
            points += OTHERS_PENALTY  # three platforms side by side have one owner, whatever the labels say
        raised.append(replace(mention, score=points + bonus) if points >= MIN_GROUP_SCORE else mention)
    return raised


def _drop_lists_of_others(mentions: Sequence[ScoredMention], brand: Brand) -> list[ScoredMention]:
    """Drop the profiles in lists of different owners: a team, sponsors, members."""
    lists: defaultdict[tuple[str, str], dict[str, Profile]] = defaultdict(dict)
    for mention in mentions:
        if mention.path and mention.score >= MIN_GROUP_SCORE:
            profile = mention.profile
            lists[profile.platform, mention.path][profile.url.casefold()] = profile
    lists_of_others = {
        key
        for key, profiles in lists.items()
        if len(profiles) > 1 and not _have_one_owner([squeeze(profile.handle) for profile in profiles.values()], brand)
    }

    def is_kept(mention: ScoredMention) -> bool:
        key = mention.profile.platform, mention.path
        if key not in lists_of_others or brand.similarity(mention.profile.handle):
            return True
        return len(lists[key]) == 2 and mention.score >= CLEAR_SCORE and not mention.profile.is_personal

    return [mention for mention in mentions if is_kept(mention)]


def _have_one_owner(handles: list[str], brand: Brand) -> bool:
    """Return whether most handles are similar to the brand, or all share a part: branches, departments."""
    handles = [handle for handle in handles if not is_generated(handle)]
    if len(handles) < 2:
        return True
    if 2 * sum(brand.similarity(handle) > 0 for handle in handles) > len(handles):
        return True
    shortest, *others = sorted(handles, key=len)
    parts = (shortest[i : i + _COMMON_CHARACTERS] for i in range(len(shortest) - _COMMON_CHARACTERS + 1))
    return any(all(part in other for other in others) for part in parts)


def _select(mentions: Sequence[ScoredMention], brand: Brand) -> list[ScoredMention]:
    """Return the accepted profiles; if one of a platform has a much higher score than the others, only those near it.

    Personal profiles on a platform where the business has a profile of its own are those of its staff.
    """
    best: defaultdict[str, float] = defaultdict(float)
    for mention in mentions:
        platform = mention.profile.platform
        best[platform] = max(best[platform], mention.score)
    accepted = [mention for mention in mentions if mention.score >= MIN_SCORE]
    with_organisation = {mention.profile.platform for mention in accepted if not mention.profile.is_personal}

    def is_selected(mention: ScoredMention) -> bool:
        profile = mention.profile
        is_near_best = mention.score >= min(best[profile.platform] - MAX_SCORE_GAP, CLEAR_SCORE)
        is_staff = profile.is_personal and profile.platform in with_organisation
        return bool(is_near_best or brand.similarity(profile.handle)) and not is_staff

    return [mention for mention in accepted if is_selected(mention)]
