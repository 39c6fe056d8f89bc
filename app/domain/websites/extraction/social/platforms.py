"""Recognising profiles on social platforms by their URLs.

All spellings of a profile get one canonical URL: https, the platform's main host (x.com for twitter.com), the root of
the profile without tabs, without a query (but `profile.php?id=`) and without a trailing slash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from app.domain.websites.extraction.social import listings, reserved
from app.domain.websites.extraction.social.urls import MAX_URL_CHARACTERS, UrlParts, inner_urls, split_url
from app.domain.websites.extraction.wordlists import words


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile on a social platform."""

    platform: str
    url: str
    """The canonical URL."""
    handle: str
    """The name on the platform, for comparisons with the name of the business."""
    is_personal: bool = False
    """Whether it belongs to a person, on platforms that separate people and organisations."""


Parsed = tuple[str, str, bool] | None
"""(path of the profile, handle, whether it is personal), or None if the URL is not one of a profile."""
Parser = Callable[[UrlParts], Parsed]

# Subdomains with the same contents as the main host: mobile ones, and those of countries and languages.
_SAME_CONTENTS = re.compile(r"(?:www\d?|m|mobile|mbasic|touch|web|[a-z]{2}|[a-z]{2}-[a-z]{2}|[a-z]{2}-la)")


def _facebook(parts: UrlParts) -> Parsed:
    segments = list(parts.segments)
    if not segments:
        return None
    first = segments[0].lower()
    if first == "profile.php":
        number = parts.query.get("id", "")
        return (f"profile.php?id={number}", number, False) if number.isdecimal() else None
    if first == "pages":
        rest = segments[1:]
        if rest[:1] == ["category"]:  # pages/category/Type/Name-1234567890
            last = next((segment for segment in rest[1:] if re.search(r"-\d{5,}$", segment)), None)
            return (last, last, False) if last else None
        index = next((i for i, segment in enumerate(rest) if re.fullmatch(r"\d{5,}", segment)), None)
        if index is None or index == 0:
            return None
        return "/".join(["pages", *rest[: index + 1]]), rest[index - 1], False
    if first == "people" and len(segments) >= 3 and segments[2].isdecimal():
        return "/".join(segments[:3]), segments[1], False  # since 2022, businesses too
    if first == "p" and len(segments) >= 2:
        return f"p/{segments[1]}", segments[1].rpartition("-")[0], False
    if first == "pg" and len(segments) >= 2:
        segments = segments[1:]
        first = segments[0].lower()
    if first in reserved.FACEBOOK or first.endswith(".php") or not re.fullmatch(r"[\w.%\-']{2,100}", segments[0]):
        return None
    if len(segments) > 2 and segments[1].lower() in reserved.POSTS:
        return None
    return segments[0], segments[0], False


def _x(parts: UrlParts) -> Parsed:
    segments = list(parts.segments)
    followed = parts.query.get("screen_name", "") or parts.query.get("user", "")
    if [segment.lower() for segment in segments] in (["intent", "follow"], ["intent", "user"]) and followed:
        segments = [followed]
    if not segments or segments[0].lower() in reserved.X | reserved.EVERYWHERE:
        return None
    handle = segments[0].removeprefix("@")
    if not re.fullmatch(r"\w{1,15}", handle, re.ASCII):
        return None
    if len(segments) > 1 and (segments[1].lower() not in reserved.X_TABS or len(segments) > 2):
        return None  # a post, or a list
    return handle, handle, False


def _instagram(parts: UrlParts) -> Parsed:
    segments = parts.segments
    if not segments or segments[0].lower() in reserved.INSTAGRAM | reserved.EVERYWHERE:
        return None
    handle = segments[0].removeprefix("@")
    if not re.fullmatch(r"[\w.]{1,30}", handle, re.ASCII) or (len(segments) > 1 and segments[1] in ("p", "reel")):
        return None
    return handle, handle, False


def _linkedin(parts: UrlParts) -> Parsed:
    segments = list(parts.segments)
    if len(segments) < 2:
        return None
    first = segments[0].lower()
    if first in ("company", "companies", "school", "showcase", "organization", "edu"):
        if segments[1].lower() in ("login", "setup") or re.fullmatch(r"(?:home|admin)", segments[1].lower()):
            return None
        if (first, segments[1].lower()) == ("edu", "school"):
            number = parts.query.get("id", "")
            return (f"school/{number}", number, False) if number.isdecimal() else None
        first = "company" if first == "companies" else first
        return f"{first}/{segments[1]}", segments[1], False
    if first == "in" and segments[1].lower() not in ("edit", "me"):
        return f"in/{segments[1]}", segments[1], True
    if first == "pub" and len(segments) >= 2 and segments[1].lower() != "dir":
        return "/".join(segments[:5]), segments[1], True
    return None


def _youtube(parts: UrlParts) -> Parsed:
    segments = list(parts.segments)
    if not segments or parts.host == "youtu.be":
        return None
    first = segments[0]
    if first.startswith("@") and len(first) > 2:
        return first, first[1:], False
    if first.lower() in ("channel", "c", "user", "show") and len(segments) >= 2:
        if first.lower() == "channel" and not re.fullmatch(r"UC[\w-]{22}", segments[1]):
            return None
        return f"{first.lower()}/{segments[1]}", segments[1], False
    if first.lower() in reserved.YOUTUBE or not re.fullmatch(r"[\w.-]{2,60}", first) or first.endswith(".php"):
        return None
    return first, first, False


def _google_plus(parts: UrlParts) -> Parsed:
    if parts.segments and parts.segments[0].lower() in ("share", "communities", "events", "photos", "stream", "explore",
                                                        "collection", "hangouts", "s"):  # fmt: skip
        return None
    for segment in parts.segments:
        if re.fullmatch(r"\d{15,25}", segment):
            if "posts" in parts.segments and parts.segments[-1] not in ("posts", segment):
                return None
            return segment, segment, False
        if segment.startswith("+") and len(segment) > 1:
            return segment, segment[1:], False
    return None


def _pinterest(parts: UrlParts) -> Parsed:
    if not parts.segments or parts.segments[0].lower() in reserved.PINTEREST | reserved.EVERYWHERE:
        return None
    handle = parts.segments[0]
    return (handle, handle, False) if re.fullmatch(r"\w[\w-]{1,40}", handle) else None


def _first_segment(reserved_names: str = "", pattern: str = r"[\w.-]{2,60}", max_segments: int = 1) -> Parser:
    """Return a parser for platforms whose profiles are /name; URLs with more than `max_segments` are something else."""
    not_handles, handle = words(reserved_names) | reserved.EVERYWHERE, re.compile(pattern)

    def parse(parts: UrlParts) -> Parsed:
        segments = parts.segments
        if not segments or len(segments) > max_segments or segments[0].lower() in not_handles:
            return None
        return (segments[0], segments[0].lstrip("@"), False) if handle.fullmatch(segments[0]) else None

    return parse


def _below(*folders: str, personal: str = "") -> Parser:
    """Return a parser for platforms whose profiles are /folder/name; those in the folder `personal` are of people."""

    def parse(parts: UrlParts) -> Parsed:
        segments = parts.segments
        if len(segments) < 2 or segments[0].lower() not in folders or not re.fullmatch(r"[\w.@:%-]{2,80}", segments[1]):
            return None
        return f"{segments[0].lower()}/{segments[1]}", segments[1], segments[0].lower() == personal

    return parse


def _flickr(parts: UrlParts) -> Parsed:
    segments = [unquote(segment) for segment in parts.segments]
    if len(segments) == 1 and segments[0].lower() not in reserved.FLICKR | reserved.EVERYWHERE:
        segments = ["photos", *segments]
    if len(segments) < 2 or segments[0] not in ("photos", "people") or segments[1].lower() in ("tags", "upload"):
        return None
    if (len(segments) > 2 and segments[2].isdecimal()) or not re.fullmatch(r"[\w@.-]{2,60}", segments[1]):
        return None
    return f"photos/{segments[1]}", segments[1], False


def _messenger(parts: UrlParts) -> Parsed:
    """Parse m.me/name and messenger.com/t/name."""
    segments = list(parts.segments)
    if parts.host != "m.me":
        segments = segments[1:] if segments[:1] == ["t"] else []
    is_name = bool(segments) and re.fullmatch(r"[\w.-]{2,100}", segments[0]) and segments[0] not in ("j", "ch", "g")
    return (segments[0], segments[0], False) if is_name else None


def _whatsapp(parts: UrlParts) -> Parsed:
    """Parse channels, and links to a business without its number; see `find_phones` for numbers."""
    segments = list(parts.segments)
    is_short = parts.host == "wa.me" and segments[:1] in (["message"], ["c"], ["p"])
    is_channel = parts.host != "wa.me" and segments[:1] == ["channel"]
    if len(segments) < 2 or not (is_short or is_channel) or not re.fullmatch(r"[\w-]{4,80}", segments[1]):
        return None
    if is_short:
        return f"//wa.me/{segments[0]}/{segments[1]}", "", False
    return f"channel/{segments[1]}", "", False


def _at_name(parts: UrlParts) -> Parsed:
    """Parse /@name; what is below that is a post."""
    segments = parts.segments
    if len(segments) != 1 or not re.fullmatch(r"@[\w.-]{2,40}", segments[0]):
        return None
    return segments[0], segments[0][1:], False


def _subdomain_or(parse_path: Parser, host: str, reserved_names: str) -> Parser:
    """Return a parser for platforms that give each user a subdomain of `host`; `parse_path` parses the main host."""
    not_handles = words(reserved_names)

    def parse(parts: UrlParts) -> Parsed:
        name = parts.host.removesuffix(f".{host}")
        if name == parts.host or _SAME_CONTENTS.fullmatch(name):
            return parse_path(parts)
        if name in not_handles or "." in name or (parts.segments and parts.segments[0] in ("post", "image", "tagged")):
            return None
        return f"//{parts.host}", name, False

    return parse


def _mastodon(parts: UrlParts) -> Parsed:
    """Parse /@name and keep the host: the platform is federated, so names are unique only together with it."""
    name = _at_name(parts)
    return name and (f"//{parts.host}/{name[0]}", *name[1:])


_GITHUB_PAGES = (
    "about apps blog collections contact customer-stories enterprise events explore features issues join login"
)
# The main host of each platform, its other hosts, and the parser of its URLs.
_PLATFORMS: dict[str, tuple[str, tuple[str, ...], Parser]] = {
    "facebook": ("facebook.com", ("fb.com", "fb.me", "facebook.de"), _facebook),
    "instagram": ("instagram.com", ("instagr.am",), _instagram),
    "x": ("x.com", ("twitter.com",), _x),
    "linkedin": ("linkedin.com", (), _linkedin),
    "youtube": ("youtube.com", ("youtu.be",), _youtube),
    "tiktok": ("tiktok.com", (), _at_name),
    "pinterest": ("pinterest.com", (), _pinterest),
    "google_plus": ("plus.google.com", (), _google_plus),
    "threads": ("threads.net", ("threads.com",), _at_name),
    "snapchat": ("snapchat.com", (), _below("add")),
    "messenger": ("m.me", ("messenger.com",), _messenger),
    "whatsapp": ("whatsapp.com", ("wa.me",), _whatsapp),
    "telegram": ("t.me", ("telegram.me",), _first_segment("share joinchat addstickers s iv proxy setlanguage bg")),
    "vimeo": ("vimeo.com", (), _first_segment(
        "about album api blog categories channels channel create features groups help join log_in login manage plus"
        " moogaloop ondemand pro search showcase signup stock tools upload upgrade watch", r"(?!\d+$)[\w-]{2,40}")),
    "flickr": ("flickr.com", (), _flickr),
    "tumblr": ("tumblr.com", (), _subdomain_or(
        _first_segment("about dashboard docs explore login privacy register search share tagged widgets blog",
                     r"[\w-]{2,40}"), "tumblr.com", "assets static platform media api embed secure help staff")),
    "xing": ("xing.com", (), _below("profile", "profiles", "companies", "company", "pages", personal="profile")),
    "github": ("github.com", (), _first_segment(
        f"{_GITHUB_PAGES} login marketplace new notifications orgs pricing pulls search security settings site sponsors"
        " topics trending", r"[\w-]{1,39}")),
    "medium": ("medium.com", (), _subdomain_or(_at_name, "medium.com", "help policy blog cdn-images-1")),
    "reddit": ("reddit.com", (), _below("r", "user", "u")),
    "discord": ("discord.com", ("discordapp.com",), _below("invite")),
    "discord_short": ("discord.gg", (), _first_segment()),
    "twitch": ("twitch.tv", (), _first_segment("directory downloads jobs p search settings store turbo videos",
                                             r"\w{3,30}", 2)),
    "soundcloud": ("soundcloud.com", (), _first_segment(
        "charts discover explore jobs login pages player search stream tags upload you", r"[\w-]{2,40}")),
    "spotify": ("open.spotify.com", (), _below("artist", "user", "show")),
    "bluesky": ("bsky.app", (), _below("profile")),
    "vk": ("vk.com", ("vkontakte.ru",), _first_segment("share.php away.php widget_community.php login feed js",
                                                     r"[\w.]{3,40}")),
    "behance": ("behance.net", (), _first_segment("gallery search joblist galleries", r"[\w-]{2,40}")),
    "dribbble": ("dribbble.com", (), _first_segment("shots designers jobs search tags", r"[\w-]{2,40}")),
    "mastodon": ("mastodon.social", ("mastodon.online", "mastodon.world", "mstdn.social", "mas.to", "fosstodon.org",
                                     "hachyderm.io", "techhub.social", "mstdn.jp", "troet.cafe", "norden.social",
                                     "mastodon.cloud", "mastodon.xyz", "masto.ai", "mstdn.ca"), _mastodon),
    "reverbnation": ("reverbnation.com", (), _first_segment("")),
    "bandcamp": ("bandcamp.com", (), _subdomain_or(lambda parts: None, "bandcamp.com", "daily get help blog")),
    "mixcloud": ("mixcloud.com", (), _first_segment("categories discover player select upload widget")),
    "patreon": ("patreon.com", (), _first_segment("c creators home posts user", r"[\w-]{2,60}")),
    "weibo": ("weibo.com", (), _below("u", "p", "n")),
    "ok": ("ok.ru", ("odnoklassniki.ru",), _below("group", "profile")),
    "myspace": ("myspace.com", (), _first_segment("discover help index.cfm login pages signup", r"[\w.-]{2,40}")),
    **{name: (host, (), parse) for name, (host, parse) in listings.LISTINGS.items()},
}  # fmt: skip

# The platform of each host.
_HOSTS = {
    host: name
    for name, (main, others, _) in _PLATFORMS.items()
    for host in (main, *others)
    if name not in listings.LISTINGS
}

# Platforms that give each user a subdomain.
_USER_SUBDOMAINS = frozenset({"tumblr.com", "medium.com", "bandcamp.com"})
_OTHER_SUBDOMAINS = frozenset({"business.facebook.com", "gaming.youtube.com", "music.youtube.com", "secure.flickr.com"})
# Pinterest has one domain per country.
_PINTEREST_HOST = re.compile(r"(?:[a-z]{2}\.|www\.)?pinterest\.(?:com?\.)?[a-z]{2,3}")

# The label before the last dot of each host. Short ones count only if nothing precedes them.
_LABELS = {"pinterest", *listings.LABELS, *listings.SHORT_LABELS, *(host.split(".")[-2] for host in _HOSTS)}
_SHORT_LABELS = tuple(sorted(name for name in _LABELS if len(name) <= 2 or name in listings.SHORT_LABELS))
_LABEL_ENDS = (
    *sorted(_LABELS.difference(_SHORT_LABELS)),
    *(f"/{name}" for name in _SHORT_LABELS),
    *(f"%2f{name}" for name in _SHORT_LABELS),
)


def may_be_platform(url: str) -> bool:
    """Return whether the URL may be one of a platform: a fast check that excludes most links."""
    pieces = url[:MAX_URL_CHARACTERS].lower().split(".")
    return any(piece.endswith(_LABEL_ENDS) or piece in _SHORT_LABELS for piece in pieces[:-1])


MAX_PROFILE_URL_CHARACTERS = 1_000

PLATFORMS = frozenset(name for name in _PLATFORMS if name != "discord_short")


def parse_profile(url: str) -> Profile | None:
    """Return the profile that a URL leads to; None for anything else: shares, posts, videos, searches, logins."""
    url = url.strip()
    if (profile := _parse_direct(url)) is not None:
        return profile
    parts = split_url(url)
    if parts is None or (platform_of(parts.host) and parts.segments[:1] not in (["redirect"], ["l.php"], ["url"])):
        return None  # a URL within a URL of the platform is what somebody shares
    return next((profile for inner in inner_urls(url) if (profile := _parse_direct(inner)) is not None), None)


def _parse_direct(url: str) -> Profile | None:
    parts = split_url(url)
    name = None if parts is None else platform_of(parts.host)
    if parts is None or name is None:
        return None
    main_host, _, parse = _PLATFORMS[name]
    parsed = parse(parts)
    if parsed is None:
        return None
    path, handle, is_personal = parsed
    canonical = f"https:{path}" if path.startswith("//") else f"https://{main_host}/{path}"
    canonical = quote(canonical.rstrip("/"), safe="/:%@+?=&.,'!()*$")  # non-ASCII letters as browsers send them
    if len(canonical) > MAX_PROFILE_URL_CHARACTERS:
        return None
    return Profile("discord" if name == "discord_short" else name, canonical, unquote(handle), is_personal)


def platform_of(host: str) -> str | None:
    """Return the platform whose profiles a host shows; None for other hosts, also those of a platform."""
    if host in _HOSTS:
        return _HOSTS[host]
    subdomain, _, rest = host.partition(".")
    if rest in _HOSTS and (
        _SAME_CONTENTS.fullmatch(subdomain) or rest in _USER_SUBDOMAINS or f"{subdomain}.{rest}" in _OTHER_SUBDOMAINS
    ):
        return _HOSTS[rest]
    return "pinterest" if _PINTEREST_HOST.fullmatch(host) else listings.directory_of(host)
