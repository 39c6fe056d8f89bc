"""What an address on a social platform is: a profile, in one form for all its spellings, or something else.

The form: https, the platform's plain host (x.com for twitter.com), the profile's root without tabs, without a query
(but `profile.php?id=`), without a slash at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from app.domain.extraction.wordlists import words


@dataclass(frozen=True, slots=True)
class Profile:
    """`url` is its one form; `handle` is how it is called there, for comparing it with the business' name."""

    platform: str
    url: str
    handle: str
    personal: bool = False
    """A person's, where the platform tells people and organisations apart."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An address on a platform, taken apart: path segments, and the query's first values."""

    host: str
    segments: Sequence[str]
    query: dict[str, str]


#: (path of the profile, handle, whether it is a person's), or None for what is no profile.
Reading = tuple[str, str, bool] | None


#: Hosts below a platform's that show the same as its own: mobile ones, and those of countries and languages.
_SAME = re.compile(r"(?:www\d?|m|mobile|mbasic|touch|web|[a-z]{2}|[a-z]{2}-[a-z]{2}|[a-z]{2}-la)")

_FACEBOOK_NOT = words("""
    2008 about ad_campaign ads album.php ajax apps badges bookmarks browse business campaign careers chat common
    connect crisisresponse cookies developers dialog directory dyi editnote.php events event.php facebook feeds feed
    find-friends fundraisers friends games gaming group.php groups hashtag help home.php home images
    instantgames intern jobs l.php landing legal lite live login login.php logout.php marketplace media messages
    messenger mobile note.php notes notifications offers onthisday pages_manager people permalink.php photo photo.php
    photos places platform plugins policies policy.php privacy public r.php recommendations recover reel reels reg
    rsrc.php salesgroups saved search security settings share share.php sharer sharer.php signup story.php stories
    terms.php terms tr translations unsupportedbrowser video video.php v watch weather widgets your_information zero
    profile.php pages pg p
""")
_FACEBOOK_TABS = words("""
    about about_details community events followers following home info likes mentions map menu notes offers photos
    photos_albums photos_stream photos_all posts reviews services shop timeline videos reels_tab wall
    ref page_internal live_videos jobs groups
""")
_POSTS = words("posts post videos video photos photo media_set permalink reel reels notes status statuses")


def _facebook(parts: Parts) -> Reading:
    segments = list(parts.segments)
    if not segments:
        return None
    first = segments[0].lower()
    if first == "profile.php":
        number = parts.query.get("id", "")
        return (f"profile.php?id={number}", number, True) if number.isdecimal() else None
    if first == "pages":
        rest = segments[1:]
        at = next((i for i, one in enumerate(rest) if re.fullmatch(r"\d{5,}", one)), None)
        if at is None or at == 0:
            return None
        return "/".join(["pages", *rest[: at + 1]]), rest[at - 1], False
    if first == "people" and len(segments) >= 3 and segments[2].isdecimal():
        return "/".join(segments[:3]), segments[1], True
    if first == "p" and len(segments) >= 2:
        return f"p/{segments[1]}", segments[1].rpartition("-")[0], False
    if first == "pg" and len(segments) >= 2:
        segments = segments[1:]
        first = segments[0].lower()
    if first in _FACEBOOK_NOT or first.endswith(".php") or not re.fullmatch(r"[\w.%\-']{2,100}", segments[0]):
        return None
    if len(segments) > 2 and segments[1].lower() in _POSTS:
        return None
    return segments[0], segments[0], False


_X_NOT = words("""
    about account compose download explore favorites following hashtag help home i intent javascripts jobs login
    logout messages oauth oct privacy search search-home settings share signup signin status statuses tos twitter
    widgets who_to_follow
""")
_X_TABS = words("followers following favorites likes media with_replies lists photos highlights articles")


def _x(parts: Parts) -> Reading:
    segments = list(parts.segments)
    if not segments or segments[0].lower() in _X_NOT:
        return None
    handle = segments[0].removeprefix("@")
    if not re.fullmatch(r"\w{1,15}", handle, re.ASCII):
        return None
    if len(segments) > 1 and (segments[1].lower() not in _X_TABS or len(segments) > 2):
        return None  # a post, or a list that someone keeps
    return handle, handle, False


_INSTAGRAM_NOT = words("""
    _n _u about accounts api developer developers direct directory explore legal p privacy reel reels stories tags tv
    web challenge press oauth share
""")


def _instagram(parts: Parts) -> Reading:
    segments = parts.segments
    if not segments or segments[0].lower() in _INSTAGRAM_NOT:
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
        first = "company" if first == "companies" else first
        return f"{first}/{segments[1]}", segments[1], False
    if first == "in" and segments[1].lower() not in ("edit", "me"):
        return f"in/{segments[1]}", segments[1], True
    if first == "pub" and len(segments) >= 2 and segments[1].lower() != "dir":
        return "/".join(segments[:5]), segments[1], True
    return None


_YOUTUBE_NOT = words("""
    about account ads attribution_link attribution channel_switcher channels clip comment copyright creators
    create_channel c channel dev embed embed.php feed feeds gaming get_video_info hashtag howyoutubeworks iframe_api
    intl jobs kids live login logout movies music my_videos new news playlist player_api playables post premium
    press profile redirect results s select_site shared shorts show signin sports static subscription_center t tv
    trending upload user v view_play_list watch watch_popup watch_videos yt yts
""")


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
    if first.lower() in _YOUTUBE_NOT or not re.fullmatch(r"[\w.-]{2,60}", first) or first.endswith(".php"):
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


_PINTEREST_NOT = words("""
    about business categories explore favicon.ico ideas images join login logout oauth pin pins search settings
    today topics source _ videos _saved
""")


def _pinterest(parts: Parts) -> Reading:
    if not parts.segments or parts.segments[0].lower() in _PINTEREST_NOT:
        return None
    handle = parts.segments[0]
    return (handle, handle, False) if re.fullmatch(r"\w[\w-]{1,40}", handle) else None


def _one_segment(reserved: str = "", pattern: str = r"[\w.-]{2,60}", deepest: int = 1) -> Callable[[Parts], Reading]:
    """Platforms whose profiles stand right below the host; what goes deeper than `deepest` is something else."""
    names, handle = words(reserved), re.compile(pattern)

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


def _subdomain_or(read: Callable[[Parts], Reading], host: str, reserved: str) -> Callable[[Parts], Reading]:
    """Platforms that give their users a host of their own; None of `reserved` is one."""
    names = words(reserved)

    def reading(parts: Parts) -> Reading:
        name = parts.host.removesuffix(f".{host}")
        if name == parts.host or _SAME.fullmatch(name):
            return read(parts)
        if name in names or "." in name or (parts.segments and parts.segments[0] in ("post", "image", "tagged")):
            return None
        return f"//{parts.host}", name, False

    return reading


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
    "pinterest": ("pinterest.com", ("pinterest.co.uk", "pinterest.de", "pinterest.fr", "pinterest.es", "pinterest.it",
                                    "pinterest.ca", "pinterest.at", "pinterest.ch", "pinterest.com.au",
                                    "pinterest.com.mx", "pinterest.se", "pinterest.jp"), _pinterest),
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
    "myspace": ("myspace.com", (), _one_segment("discover help index.cfm login pages signup", r"[\w.-]{2,40}")),
}  # fmt: skip

#: The platform behind each host, longest name first where one ends in another.
_HOSTS = {host: name for name, (own, others, _) in _READERS.items() for host in (own, *others)}

#: A quick look that spares most links the thorough one.
MAY_BE_PLATFORM = re.compile("|".join(sorted({re.escape(host) for host in _HOSTS})), re.IGNORECASE)

PLATFORMS = frozenset(name for name in _READERS if name != "discord_short")

#: Addresses that lead to another one, and the parameter that says which.
_WRAPPERS = {"l.facebook.com": "u", "lm.facebook.com": "u", "l.instagram.com": "u", "www.google.com": "q",
             "google.com": "q"}  # fmt: skip
#: Longest address that is looked at.
_MOST = 2000


def read(url: str) -> Profile | None:
    """The profile that a URL leads to; None for everything else: shares, posts, videos, searches, log-ins."""
    parts = _parts(url.strip()[:_MOST])
    if parts is None:
        return None
    name = platform_of(parts.host)
    if name is None:
        return None
    own, _, reader = _READERS[name]
    reading = reader(parts)
    if reading is None:
        return None
    path, handle, personal = reading
    form = f"https:{path}" if path.startswith("//") else f"https://{own}/{path}"
    return Profile("discord" if name == "discord_short" else name, form.rstrip("/"), unquote(handle), personal)


def platform_of(host: str) -> str | None:
    """The platform that a host belongs to and that shows profiles there; None for its other hosts."""
    if host in _HOSTS:
        return _HOSTS[host]
    below, _, rest = host.partition(".")
    if rest in _HOSTS and (_SAME.fullmatch(below) or rest in ("tumblr.com", "medium.com")):
        return _HOSTS[rest]
    return None


def _parts(url: str) -> Parts | None:
    try:
        split = urlsplit(url if "//" in url[:9] else f"https://{url}")
        host = (split.hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    query: dict[str, str] = {}
    if split.query and split.query.count("&") < 50:
        query = {name: values[0] for name, values in parse_qs(split.query.replace("&amp;", "&")).items()}
    wrapped = _WRAPPERS.get(host)
    if wrapped and split.path in ("/l.php", "/url", "/") and query.get(wrapped, "").startswith("http"):
        return _parts(query[wrapped][:_MOST]) if url != query[wrapped] else None
    path = split.path
    if split.fragment.startswith("!"):  # as Facebook and Twitter had it: /#!/name
        path = split.fragment[1:].partition("?")[0]
    segments = [one for one in re.sub(r"\s", "", path).split("/") if one]
    return Parts(host, segments[:12], query)
