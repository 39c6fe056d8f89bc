"""The confidence that a link leads to the business's own profile, from its context and its handle.

A score is near 1 for a profile that certainly belongs to the business, and 0 or less for somebody else's.
"""

from __future__ import annotations

import re
from itertools import pairwise

from app.domain.websites.extraction.social.brand import Brand, Similarity, distinctive_words, squeeze
from app.domain.websites.extraction.social.link_context import LinkContext
from app.domain.websites.extraction.social.listings import LISTINGS
from app.domain.websites.extraction.social.mentions import Mention
from app.domain.websites.extraction.social.phrases import (
    BY,
    CREDIT,
    FIRST_PERSON,
    LISTING_LABEL,
    NAMELESS,
    PARTNER,
    PLATFORM_BEFORE,
    ROLE,
    THIRD_PERSON,
    URL_OR_HANDLE,
)
from app.domain.websites.extraction.social.platforms import Profile

BASE = 0.35
"""The score of a link without any evidence."""
MIN_GROUP_SCORE = 0.3
"""Profiles with a lower score do not gain from links beside them: credits, posts, portraits of people."""
EXCLUDED = -1.0
"""The score of credits and of other people's posts, whatever other evidence there is."""
OTHERS_PENALTY = 0.35
"""For a link among people or partners, or with somebody else's name."""

# A handle that nobody chose, which says nothing about its owner.
_GENERATED_HANDLE = re.compile(r"\d*|UC[\w-]{22}")


def is_generated(handle: str) -> bool:
    """Return whether nobody chose the handle, so that it says nothing about its owner."""
    return _GENERATED_HANDLE.fullmatch(handle) is not None


def score(mention: Mention, context: LinkContext, brand: Brand) -> float:
    """Return the confidence that a mention is the business's own profile."""
    profile, regions = mention.profile, context.regions
    similarity = brand.similarity(profile.handle)
    is_widget = mention.method == "widget" or ("embed" in regions and context.has_platform_label)
    is_foreign_post = "comment" in regions or ("embed" in regions and not is_widget)
    if "placeholder" in regions or (is_foreign_post and not similarity):
        return EXCLUDED
    if ("credit" in regions or _is_credit(context)) and similarity < Similarity.HIGH:
        return EXCLUDED
    names_other = label_names_other(profile, context, brand) or _text_names_other(profile, context, brand)
    total = BASE + _evidence_for(mention, context, names_other) - _evidence_against(context, names_other)
    if is_widget:
        total += 0.25
    if not names_other:
        total += (0.0, 0.25, 0.35)[similarity]
    if profile.is_personal and similarity < Similarity.HIGH:
        at_edge = "edge" in regions and not THIRD_PERSON.search(context.nearby_text)
        return total - 0.1 if at_edge else min(total, MIN_GROUP_SCORE - 0.05)
    return total


def _evidence_for(mention: Mention, context: LinkContext, names_other: bool) -> float:
    total = 0.3 if mention.is_declared_own else 0.0
    is_nameless_icon = context.is_icon and not names_other
    if context.has_platform_label or is_nameless_icon or PLATFORM_BEFORE.search(context.text_before[-40:]):
        total += 0.2
    elif URL_OR_HANDLE.fullmatch(context.label) or _is_listing_label(mention.profile, context):
        total += 0.15
    if context.is_first_person:
        total += 0.15
    if is_generated(mention.profile.handle):
        total += 0.1
    if "social" in context.regions or context.heading_kind == "social":
        total += 0.15
    return total + 0.1 if "edge" in context.regions else total


def _is_listing_label(profile: Profile, context: LinkContext) -> bool:
    words = f"{context.text_before[-40:]} {context.label}"
    return profile.platform in LISTINGS and LISTING_LABEL.search(words) is not None


def _evidence_against(context: LinkContext, names_other: bool) -> float:
    at_edge = "edge" in context.regions
    total = 0.1 if "article" in context.regions and not at_edge else 0.0
    if names_other or "person" in context.regions or "others" in context.regions:
        total += OTHERS_PENALTY
    if context.heading_kind in ("person", "others"):
        total += OTHERS_PENALTY if at_edge else 0.5
    return total


def _is_credit(context: LinkContext) -> bool:
    """Return whether the words directly before the link credit somebody for the site or its contents."""
    words = f"{context.text_before[-80:]} {'' if context.has_platform_label else context.label}"
    return bool(CREDIT.search(words) or (BY.search(context.text_before) and not context.has_platform_label))


def label_names_other(profile: Profile, context: LinkContext, brand: Brand) -> bool:
    """Return whether the label of the link is the name of somebody else."""
    names_profile = (
        context.has_platform_label or URL_OR_HANDLE.fullmatch(context.label) or context.label == profile.handle
    )
    if not context.label or names_profile or context.is_first_person or NAMELESS.fullmatch(context.label):
        return False
    handle = squeeze(profile.handle)
    names = [name for name in distinctive_words(context.label) if len(name) > 2]
    if any(name in handle and name not in brand.words for name in names):
        is_branch = brand.starts(handle) and (len(names) == 1 or brand.is_named_in(context.label))  # acmeBerlin
        return bool(brand.distinctive_words) and not is_branch
    is_name = bool(names) and context.label.isascii()
    return is_name and not brand.is_named_in(context.label) and not brand.similarity(handle)


def _text_names_other(profile: Profile, context: LinkContext, brand: Brand) -> bool:
    """Return whether the text before the link or its heading contains a part of the handle that is not the brand's."""
    if PARTNER.search(context.text_before[-80:]) or THIRD_PERSON.search(context.text_before[-40:]):
        return True
    if context.is_first_person or "edge" in context.regions:
        return False  # the name at the edge of a page is usually that of its owner
    if not brand.distinctive_words or brand.similarity(profile.handle) is Similarity.HIGH:
        return False
    directly_before = context.text_before[-40:]
    if FIRST_PERSON.search(directly_before):
        return False
    if PLATFORM_BEFORE.search(directly_before) and not context.has_platform_label:
        return False
    if ROLE.search(directly_before):
        return True
    handle = squeeze(profile.handle)
    before, above = distinctive_words(context.text_before), distinctive_words(context.heading)
    words = before + (above if len(above) > 1 else [])  # a single word is a town or a department
    words += [first + second for first, second in pairwise(words)]
    return any(len(word) > 3 and word in handle and word not in brand.words for word in words)
