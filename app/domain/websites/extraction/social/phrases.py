"""Phrases beside a link that show whose profile it leads to."""

from __future__ import annotations

import re

PLATFORM = (
    r"facebook|twitter|instagram|linked ?in|you ?tube|pinterest|google ?(?:\+|plus)|g\+|tik ?tok|vimeo|flickr|tumblr|"
    r"snapchat|threads|xing|whatsapp|telegram|discord|twitch|github|soundcloud|spotify|bluesky|my ?space|mastodon|fb|ig"
    r"|yelp|trip ?advisor|foursquare|google ?(?:maps?|business(?: profile)?|reviews?|my business)|trustpilot"
    r"|booking\.com|open ?table|zomato|messenger|insta|yt|x|bandcamp|mixcloud|patreon|reverb ?nation|medium|reddit|snap"
    r"|behance|dribbble|weibo|vk|"
    r"фейсбук|инстаграм|вконтакте|フェイスブック|ツイッター|インスタグラム|페이스북|인스타그램|فيسبوك|انستغرام|تويتر"
)
# The label of a link that names the platform or asks to follow.
PLATFORM_LABEL = re.compile(
    rf"(?:{PLATFORM})"
    r"(?: (?:icon|logo|page|profile|reviews?|listing|link|channel|account|button|seite|profil|fan ?page|group))?"
    rf"|.{{0,60}}\b(?:follow|like|find|join|friend|connect with|visit|watch|subscribe to|see|folgen?|folge|besuchen|"
    rf"sigue|síguenos|s[eé]guici|suivez|suivre|volg|check|tweets (?:by|from|von|de))\b.{{0,40}}"
    rf"|.{{0,40}}\b(?:us|our|uns|unsere?|nous|notre|nos|"
    rf"nuestr[ao]|ons|noi|wir)\b.{{0,40}}(?:{PLATFORM}).{{0,30}}|.{{0,30}}\b(?:on|auf|en|sur|bei|su|op|via) "
    rf"(?:{PLATFORM})\b.{{0,20}}",
    re.IGNORECASE,
)
# The label of a link to a listing, or the words before it.
LISTING_LABEL = re.compile(
    r"\b(?:reviews?|rate us|rating|bewert\w{1,10}|avis|rese[ñn]as?|recensioni|opiniones|maps?|directions?|karte|anfahrt"
    r"|route|locations?|find us|get here|book(?:ing)?|reserv\w{1,10}|table|menu|order|buchen|check[- ]?in|excellence"
    r"|choice|travell?ers)\b",
    re.IGNORECASE,
)
# The business speaks of itself: `follow us`, `our page`, `become a fan`.
FIRST_PERSON = re.compile(
    r"\b(?:us|our|we|uns|unsere?[mnrs]?|nous|notre|nos|nuestr[ao]s?|s[ií]guenos|siga-nos|curta|seguici|nostr[aio]|noi|ons|"
    r"onze|become an?|be an?|rejoignez|retrouvez)\b",
    re.IGNORECASE,
)
# The name of a platform directly before a link: `Facebook: …`, `We are on Instagram! …`.
PLATFORM_BEFORE = re.compile(
    rf"(?:^|[\W_])(?:{PLATFORM})(?: (?:page|profile|account|seite|channel))?\W*$", re.IGNORECASE
)
# A label that is a URL or a handle itself.
URL_OR_HANDLE = re.compile(r"(?<![\w.-])(?:https?://)?[\w.-]+\.[a-z]{2,4}/\S+|@[\w.-]{2,40}", re.IGNORECASE)
# Labels that contain nobody's name.
NAMELESS = re.compile(
    rf"\W*(?:(?:click )?here|hier|aqu[ií]|ici|qui|link|page|seite|profile?|site|website|more|mehr|logo|icon|image|img|"
    rf"picture|button|social(?: media)?|share|opens? in .*|new window|home|fan|become an? .*|"
    rf".*(?<!\w)(?:{PLATFORM})(?!\w).*|"
    rf".*\b(?:follow|like|fans?|us|our|we|social|news|updates|photos?|videos?|channel|community)\b.*)\W*",
    re.IGNORECASE | re.DOTALL,
)
# Words before a link that credit somebody else for the site or its contents.
CREDIT = re.compile(
    r"\b(?:web ?)?(?:site |page |theme |template |graphic )?(?:design(?:ed)?|develop(?:ed|ment)|built|created|"
    r"powered|crafted|coded|made|hosted|produced|maintained|theme|template|website|site|marketing|photo(?:s|graphy)?|"
    r"images?|pictures?|logo|branding|illustrations?|seo)"
    r"(?: (?:and|&|\+) \w{1,15})?(?: with .{1,10}?)? by\b|\btheme:|\bweb ?design:?\b|\bwebsite von\b|\bumsetzung\b|"
    r"\bgestaltung\b|\brealisier(?:t|ung)\b|\br[eé]alis(?:ation|é)\b|\brealizza|\brealizacja\b|\bdise[ñn]o web|"
    r"\bdise[ñn]ado por\b|\bdesarrollad[oa] por\b|\bdesenvolvid[oa] por\b|\bcriad[oa] por\b|\bprogrammierung\b|"
    r"\bfotos?:|\bfoto(?:s|grafie)? von\b|\bconception\b|\bcr[eé]ation\b|\bcr[eé]dits?\b|\bsite by\b|\bdesigned\b|"
    r"\bwebdesign\b|\bgemaakt door\b|\bontwerp\b|\btvorba (?:webu|www)|\bwykonanie\b|\bwebbplats av\b|"
    r"\bразработ|\bсоздание сайт|制作|제작",
    re.IGNORECASE,
)
# A preposition directly before a name.
BY = re.compile(r"\b(?:by|von|par|por|door|av|af|przez)\s*[:»–-]?\s*$", re.IGNORECASE)
# Words before a link to a partner, a sponsor or the press.
PARTNER = re.compile(
    r"\b(?:partner(?:s|ed|ing|ship)?|collaborat\w+|cooperation|association|together) with\b|"
    r"\b(?:sponsor(?:ed)?|present(?:ed)?|hosted|worn|seen|featured) (?:by|in|on)\b|\b(?:courtesy of|thanks to)\b|"
    r"\bin (?:zusammenarbeit|kooperation) mit\b|\ben (?:partenariat|collaboration|colaboraci[oó]n) (?:avec|con)\b",
    re.IGNORECASE,
)
# Pronouns of a single person.
THIRD_PERSON = re.compile(r"\b(?:him|her|his|ihm|ihn)\b", re.IGNORECASE)
# The role of a person, before a link to their profile.
ROLE = re.compile(
    r"\b(?:author|autor|artist|coach|photographer|fotograf|chef|model|speaker|guest|editor|reporter|director|teacher|"
    r"stylist|trainer|designer|blogger|musician|winner)\b",
    re.IGNORECASE,
)

_PEOPLE_HEADING = re.compile(
    r"\b(?:(?:our|the|your|meet|leadership|management|sales) (?:team|staff|people|crew|speakers|agents?|attorneys|"
    r"doctors|instructors|faculty|founders?|trainers|authors?|artists|stylists|providers)|team|staff|speakers|"
    r"founders?|faculty|board of \w+|about the author|testimonials?|mitarbeiter|ansprechpartner|unser team|"
    r"[ée]quipe|equipo|squadra)\b",
    re.IGNORECASE,
)
_OTHERS_HEADING = re.compile(
    r"\b(?:sponsors?|sponsoren|partners?|partenaires|patrocinadores|vendors|exhibitors|supporters|donors|clients|"
    r"affiliates|retailers|dealers|stockists|suppliers|friends of|line-?up|referenzen|featured (?:artists|brands)|"
    r"blogroll|our members|member (?:directory|list|businesses)|as seen|vereine|clubs|"
    r"local (?:businesses|organi[sz]ations)|useful links|designers|nearby)\b",
    re.IGNORECASE,
)
_SOCIAL_HEADING = re.compile(
    rf"\b(?:follow|connect|social|stay in touch|keep in touch|find us|join us|like us|folgen|soziale|s[ií]guenos|"
    rf"s[eé]guici|suivez|volg|redes|netzwerke|r[eé]seaux|{PLATFORM})\b",
    re.IGNORECASE,
)


def classify_heading(heading: str) -> str | None:
    """Return whose profiles are below a heading: `others`, `social` (the business's own), `person`, or None."""
    if _OTHERS_HEADING.search(heading):
        return "others"
    if _SOCIAL_HEADING.search(heading):
        return "social"
    return "person" if _PEOPLE_HEADING.search(heading) else None
