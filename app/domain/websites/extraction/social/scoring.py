"""How sure it is, by where a link stands and what it is called, that it leads to the business' own profile."""

from __future__ import annotations

import re
from itertools import pairwise

from app.domain.websites.extraction.social.brand import Brand, Likeness, squeezed, telling
from app.domain.websites.extraction.social.link_context import Surroundings
from app.domain.websites.extraction.social.mentions import Mention
from app.domain.websites.extraction.social.phrases import (
    BY,
    CREDIT,
    INTRODUCED,
    ITSELF,
    NAMELESS,
    OURS,
    ROLE,
    SOMEONE,
    WITH,
)
from app.domain.websites.extraction.social.platforms import Profile

#: Below this, not even the company of others helps: a credit, a post, a portrait.
FAINT = 0.3
#: Of a credit and of a post by someone else, whatever else speaks for it.
NEVER = -1.0
#: What it costs to stand among people or others, or to be called by someone else's name.
ELSEWHERE = 0.35
#: A handle that no one chose says nothing of its owner.
_NUMBER = re.compile(r"\d+|UC[\w-]{22}")


def weight(one: Mention, place: Surroundings, brand: Brand) -> float:
    """Near 1 for what is surely the business' own, 0 and below for what is surely another's."""
    profile, meanings = one.profile, place.meanings
    likeness = brand.likeness(profile.handle)
    widget = one.method == "widget" or ("embed" in meanings and place.is_labelled)
    strange = "comment" in meanings or ("embed" in meanings and not widget)
    if "stand-in" in meanings or (strange and not likeness):
        return NEVER
    if ("credit" in meanings or _is_credited(place)) and likeness < Likeness.MUCH:
        return NEVER
    another = label_names_another(profile, place, brand) or _words_name_another(profile, place, brand)
    sure = 0.35 + _for_it(one, place, another) - _against_it(place, another)
    if widget:
        sure += 0.25
    if not another:
        sure += (0.0, 0.25, 0.35)[likeness]
    if profile.personal and likeness < Likeness.MUCH:
        at_edge = "edge" in meanings and not SOMEONE.search(place.near)
        return sure - 0.1 if at_edge else min(sure, FAINT - 0.05)
    return sure


def _for_it(one: Mention, place: Surroundings, another: bool) -> float:
    sure = 0.3 if one.related else 0.0
    if place.is_labelled or (place.is_picture and not another) or INTRODUCED.search(place.before[-40:]):
        sure += 0.2
    elif ITSELF.fullmatch(place.label):
        sure += 0.15
    if place.is_ours:
        sure += 0.15
    if _NUMBER.fullmatch(one.profile.handle):
        sure += 0.1
    if "social" in place.meanings or place.heading_says == "social":
        sure += 0.15
    return sure + 0.1 if "edge" in place.meanings else sure


def _against_it(place: Surroundings, another: bool) -> float:
    at_edge = "edge" in place.meanings
    unsure = 0.1 if "article" in place.meanings and not at_edge else 0.0
    if another or "person" in place.meanings or "others" in place.meanings:
        unsure += ELSEWHERE
    if place.heading_says in ("person", "others"):
        unsure += ELSEWHERE if at_edge else 0.5
    return unsure


def _is_credited(place: Surroundings) -> bool:
    """Whether the words just before say that somebody made the site, or what it shows."""
    said = f"{place.before[-80:]} {'' if place.is_labelled else place.label}"
    return bool(CREDIT.search(said) or (BY.search(place.before) and not place.is_labelled))


def label_names_another(profile: Profile, place: Surroundings, brand: Brand) -> bool:
    """Whether the link is called by the name of someone else."""
    says_itself = place.is_labelled or ITSELF.fullmatch(place.label) or place.label == profile.handle
    if not place.label or says_itself or place.is_ours or NAMELESS.fullmatch(place.label):
        return False
    handle = squeezed(profile.handle)
    names = [name for name in telling(place.label) if len(name) > 2]
    if any(name in handle and name not in brand.words for name in names):
        a_part = brand.begins(handle) and (len(names) == 1 or brand.names(place.label))  # acmeBerlin: a branch
        return bool(brand.telling) and not a_part
    return bool(names) and place.label.isascii() and not brand.names(place.label) and not brand.likeness(handle)


def _words_name_another(profile: Profile, place: Surroundings, brand: Brand) -> bool:
    """Whether the words before the link, or the heading above it, have a part of the handle that is not the brand's."""
    if WITH.search(place.before[-80:]) or SOMEONE.search(place.before[-40:]):
        return True
    if place.is_ours or "edge" in place.meanings:
        return False  # at the edges of a page stands its owner's name, as often as not
    if not brand.telling or brand.likeness(profile.handle) is Likeness.MUCH:
        return False
    just_before = place.before[-40:]
    if OURS.search(just_before) or (INTRODUCED.search(just_before) and not place.is_labelled):
        return False
    if ROLE.search(just_before):
        return True
    handle = squeezed(profile.handle)
    beside, above = telling(place.before), telling(place.heading)
    said = beside + (above if len(above) > 1 else [])  # one word is a town, or a department
    said += [one + other for one, other in pairwise(said)]
    return any(len(word) > 3 and word in handle and word not in brand.words for word in said)
