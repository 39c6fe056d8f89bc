"""What an address on a social platform is: a profile, in one form for all its spellings, or something else.

The form: https, the platform's plain host (x.com for twitter.com), the profile's root without tabs, without a query
(but `profile.php?id=`), without a slash at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from app.domain.websites.extraction.social import reserved
from app.domain.websites.extraction.social.urls import MOST, Parts, parts_of, wrapped
from app.domain.websites.extraction.wordlists import words


@dataclass(frozen=True, slots=True)
class Profile:
    """`url` is its one form; `handle` is how it is called there, for comparing it with the business' name."""

    platform: str
    url: str
    handle: str
    personal: bool = False
    """A person's, where the platform tells people and organisations apart."""


#: (path of the profile, handle, whether it is a person's), or None for what is no profile.
Reading = tuple[str, str, bool] | None


#: Hosts below a platform's that show the same as its own: mobile ones, and those of countries and languages.
_SAME = re.compile(r"(?:www\d?|m|mobile|mbasic|touch|web|[a-z]{2}|[a-z]{2}-[a-z]{2}|[a-z]{2}-la)")


def _facebook(parts: Parts) -> Reading:
    segments = list(parts.segments)
    if not segments:
        return None
    first = segments[0].lower()
    if first == "profile.php":
        number = parts.query.get("id", "")
        return (f"profile.php?id={number}", number, False) if number.isdecimal() else None
    if first == "pages":
        rest = segments[1:]
        if rest[:1] == ["category"]:  # pages/category/What-it-is/Name-1234567890
            last = next((one for one in rest[1:] if re.search(r"-\d{5,}$", one)), None)
            return (last, last, False) if last else None
        at = next((i for i, one in enumerate(rest) if re.fullmatch(r"\d{5,}", one)), None)
        if at is None or at == 0:
            return None
        return "/".join(["pages", *rest[: at + 1]]), rest[at - 1], False
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


def _x(parts: Parts) -> Reading:
    segments = list(parts.segments)
    followed = parts.query.get("screen_name", "") or parts.query.get("user", "")
    if [one.lower() for one in segments] in (["intent", "follow"], ["intent", "user"]) and followed:
        segments = [followed]
    if not segments or segments[0].lower() in reserved.X | reserved.EVERYWHERE:
        return None
    handle = segments[0].removeprefix("@")
    if not re.fullmatch(r"\w{1,15}", handle, re.ASCII):
        return None
    if len(segments) > 1 and (segments[1].lower() not in reserved.X_TABS or len(segments) > 2):
        return None  # a post, or a list that someone keeps
    return handle, handle, False


def _instagram(parts: Parts) -> Reading:
    segments = parts.segments
    if not segments or segments[0].lower() in reserved.INSTAGRAM | reserved.EVERYWHERE:
        return None
    handle = segments[0].removeprefix("@")
    if not re.fullmatch(r"[\w.]{1,30}", handle, re.ASCII) or (len(segments) > 1 and segments[1] in ("p", "reel")):
        return None
    return handle, handle, False


def _linkedin(parts: Parts) -> Reading:
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


def _youtube(parts: Parts) -> Reading:
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


def _google_plus(parts: Parts) -> Reading:
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


def _pinterest(parts: Parts) -> Reading:
    if not parts.segments or parts.segments[0].lower() in reserved.PINTEREST | reserved.EVERYWHERE:
        return None
    handle = parts.segments[0]
    return (handle, handle, False) if re.fullmatch(r"\w[\w-]{1,40}", handle) else None


def _one_segment(taken: str = "", pattern: str = r"[\w.-]{2,60}", deepest: int = 1) -> Callable[[Parts], Reading]:
    """Platforms whose profiles stand right below the host; what goes deeper than `deepest` is something else."""
    names, handle = words(taken) | reserved.EVERYWHERE, re.compile(pattern)

    def read(parts: Parts) -> Reading:
        segments = parts.segments
        if not segments or len(segments) > deepest or segments[0].lower() in names:
            return None
        return (segments[0], segments[0].lstrip("@"), False) if handle.fullmatch(segments[0]) else None

    return read


def _below(*folders: str, personal: str = "") -> Callable[[Parts], Reading]:
    """Platforms whose profiles stand below a folder: /add/name, /profile/name."""

    def read(parts: Parts) -> Reading:
        segments = parts.segments
        if len(segments) < 2 or segments[0].lower() not in folders or not re.fullmatch(r"[\w.@:%-]{2,80}", segments[1]):
            return None
        return f"{segments[0].lower()}/{segments[1]}", segments[1], segments[0].lower() == personal

    return read


def _flickr(parts: Parts) -> Reading:
    segments = parts.segments
    if len(segments) < 2 or segments[0] not in ("photos", "people") or segments[1].lower() in ("tags", "upload"):
        return None
    if len(segments) > 2 and segments[2].isdecimal():
        return None
    return f"photos/{segments[1]}", segments[1], False


def _at_name(parts: Parts) -> Reading:
    """Platforms whose profiles are /@name: what stands below is a post."""
    segments = parts.segments
    if len(segments) != 1 or not re.fullmatch(r"@[\w.-]{2,40}", segments[0]):
        return None
    return segments[0], segments[0][1:], False


def _subdomain_or(read: Callable[[Parts], Reading], host: str, taken: str) -> Callable[[Parts], Reading]:
    """Platforms that give their users a host of their own; None of `taken` is one."""
    names = words(taken)

    def reading(parts: Parts) -> Reading:
        name = parts.host.removesuffix(f".{host}")
        if name == parts.host or _SAME.fullmatch(name):
            return read(parts)
        if name in names or "." in name or (parts.segments and parts.segments[0] in ("post", "image", "tagged")):
            return None
        return f"//{parts.host}", name, False

    return reading


def _mastodon(parts: Parts) -> Reading:
    """Federated: the name is only whole with its host."""
    name = _at_name(parts)
    return name and (f"//{parts.host}/{name[0]}", *name[1:])


_GITHUB_NOT = (
    "about apps blog collections contact customer-stories enterprise events explore features issues join login"
)
_READERS: dict[str, tuple[str, tuple[str, ...], Callable[[Parts], Reading]]] = {
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
    "telegram": ("t.me", ("telegram.me",), _one_segment("share joinchat addstickers s iv proxy setlanguage bg")),
    "vimeo": ("vimeo.com", (), _one_segment(
        "about album api blog categories channels channel create features groups help join log_in login manage plus"
        " moogaloop ondemand pro search showcase signup stock tools upload upgrade watch", r"(?!\d+$)[\w-]{2,40}")),
    "flickr": ("flickr.com", (), _flickr),
    "tumblr": ("tumblr.com", (), _subdomain_or(
        _one_segment("about dashboard docs explore login privacy register search share tagged widgets blog",
                     r"[\w-]{2,40}"), "tumblr.com", "assets static platform media api embed secure help staff")),
    "xing": ("xing.com", (), _below("profile", "profiles", "companies", "company", "pages", personal="profile")),
    "github": ("github.com", (), _one_segment(
        f"{_GITHUB_NOT} login marketplace new notifications orgs pricing pulls search security settings site sponsors"
        " topics trending", r"[\w-]{1,39}")),
    "medium": ("medium.com", (), _subdomain_or(_at_name, "medium.com", "help policy blog cdn-images-1")),
    "reddit": ("reddit.com", (), _below("r", "user", "u")),
    "discord": ("discord.com", ("discordapp.com",), _below("invite")),
    "discord_short": ("discord.gg", (), _one_segment()),
    "twitch": ("twitch.tv", (), _one_segment("directory downloads jobs p search settings store turbo videos",
                                             r"\w{3,30}", 2)),
    "soundcloud": ("soundcloud.com", (), _one_segment(
        "charts discover explore jobs login pages player search stream tags upload you", r"[\w-]{2,40}")),
    "spotify": ("open.spotify.com", (), _below("artist", "user", "show")),
    "bluesky": ("bsky.app", (), _below("profile")),
    "vk": ("vk.com", ("vkontakte.ru",), _one_segment("share.php away.php widget_community.php login feed js",
                                                     r"[\w.]{3,40}")),
    "behance": ("behance.net", (), _one_segment("gallery search joblist galleries", r"[\w-]{2,40}")),
    "dribbble": ("dribbble.com", (), _one_segment("shots designers jobs search tags", r"[\w-]{2,40}")),
    "mastodon": ("mastodon.social", ("mastodon.online", "mastodon.world", "mstdn.social", "mas.to", "fosstodon.org",
                                     "hachyderm.io", "techhub.social", "mstdn.jp", "troet.cafe", "norden.social",
                                     "mastodon.cloud", "mastodon.xyz", "masto.ai", "mstdn.ca"), _mastodon),
    "reverbnation": ("reverbnation.com", (), _one_segment("")),
    "bandcamp": ("bandcamp.com", (), _subdomain_or(lambda parts: None, "bandcamp.com", "daily get help blog")),
    "mixcloud": ("mixcloud.com", (), _one_segment("categories discover player select upload widget")),
    "patreon": ("patreon.com", (), _one_segment("c creators home posts user", r"[\w-]{2,60}")),
    "weibo": ("weibo.com", (), _below("u", "p", "n")),
    "ok": ("ok.ru", ("odnoklassniki.ru",), _below("group", "profile")),
    "myspace": ("myspace.com", (), _one_segment("discover help index.cfm login pages signup", r"[\w.-]{2,40}")),
}  # fmt: skip

#: The platform behind each host, longest name first where one ends in another.
_HOSTS = {host: name for name, (own, others, _) in _READERS.items() for host in (own, *others)}

#: Platforms that give their users hosts of their own.
_GIVING_HOSTS = frozenset({"tumblr.com", "medium.com", "bandcamp.com"})
_FURTHER = frozenset({"business.facebook.com", "gaming.youtube.com", "music.youtube.com", "secure.flickr.com"})
#: Pinterest has a domain a country.
_PINTEREST_HOST = re.compile(r"(?:[a-z]{2}\.|www\.)?pinterest\.(?:com?\.)?[a-z]{2,3}")

#: What stands before the last dot of each host; a short one only where nothing stands before it.
_NAMES = {"pinterest", *(host.split(".")[-2] for host in _HOSTS)}
_SHORT = tuple(sorted(name for name in _NAMES if len(name) <= 2))
_ENDS = (*sorted(_NAMES.difference(_SHORT)), *(f"/{name}" for name in _SHORT), *(f"%2f{name}" for name in _SHORT))


def may_be_platform(url: str) -> bool:
    """A quick look that spares most links the thorough one."""
    pieces = url[:MOST].lower().split(".")
    return any(piece.endswith(_ENDS) or piece in _SHORT for piece in pieces[:-1])


#: Longest address of a profile.
MOST_PROFILE = 1_000

PLATFORMS = frozenset(name for name in _READERS if name != "discord_short")


def read(url: str) -> Profile | None:
    """The profile that a URL leads to; None for everything else: shares, posts, videos, searches, log-ins."""
    url = url.strip()
    if (profile := _shown(url)) is not None:
        return profile
    parts = parts_of(url)
    if parts is None or (platform_of(parts.host) and parts.segments[:1] not in (["redirect"], ["l.php"])):
        return None  # what a platform's own address carries is what is shared
    return next((found for inside in wrapped(url) if (found := _shown(inside)) is not None), None)


def _shown(url: str) -> Profile | None:
    parts = parts_of(url)
    name = None if parts is None else platform_of(parts.host)
    if parts is None or name is None:
        return None
    own, _, reader = _READERS[name]
    reading = reader(parts)
    if reading is None:
        return None
    path, handle, personal = reading
    form = f"https:{path}" if path.startswith("//") else f"https://{own}/{path}"
    form = quote(form.rstrip("/"), safe="/:%@+?=&.,'!()*$")  # letters beyond ASCII as a browser sends them
    if len(form) > MOST_PROFILE:
        return None
    return Profile("discord" if name == "discord_short" else name, form, unquote(handle), personal)


def platform_of(host: str) -> str | None:
    """The platform that a host belongs to and that shows profiles there; None for its other hosts."""
    if host in _HOSTS:
        return _HOSTS[host]
    below, _, rest = host.partition(".")
    if rest in _HOSTS and (_SAME.fullmatch(below) or rest in _GIVING_HOSTS or f"{below}.{rest}" in _FURTHER):
        return _HOSTS[rest]
    return "pinterest" if _PINTEREST_HOST.fullmatch(host) else None
