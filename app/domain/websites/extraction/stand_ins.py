"""Pages that stand in for another one although the server calls them a success: error pages and tests for browsers."""

from __future__ import annotations

import re

from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.document import Document, text_of

MAX_TEXT_CHARACTERS = 1_500
"""A page with more visible text is a page."""
MAX_ERROR_CHARACTERS = 600
MAX_MARKUP_CHARACTERS = 250
"""Scripts of a protection service count only on pages with less text: they are on the pages behind it, too."""
MAX_HTML_CHARACTERS = 60_000
"""Searched for scripts of protection services."""
MAX_TEST_CHARACTERS = 4_000
"""A page that consists of a script which sets a cookie is not longer."""
_MAX_HEADINGS = 3

_NOT_FOUND = re.compile(
    r"\W{0,5}(?:(?:http )?(?:error )?(?:code )?404\b\W{0,5}(?:$|http|error|not|page|file|site|seite|página"
    r"|pagina|oops"
    r"|sorry|nicht|страница)"
    r"|(?:error|fehler|erreur|oops|sorry|ups)?\W{0,5}(?:(?:the |this |that |requested "
    r"|your ){0,4}(?:web)?(?:page|site"
    r"|file|url|resource|object|address)"
    r"(?: (?:you .{1,40}|requested))? (?:was |is |could |can ?)?(?:not|n.t|cannot) ?(?:be )?(?:found|exist)"
    r"|(?:nothing|not) found\W{0,5}$"
    r"|(?:diese |die )?(?:seite|webseite) (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
    r"|página no encontrada|pagina non trovata"
    r"|página não encontrada|pagina niet gevonden|nie znaleziono strony|strona nie została znaleziona"
    r"|страница не найдена|sidan hittades inte"
    r"|siden blev ikke fundet|sivua ei löytynyt|sayfa bulunamadı|stránka nenalezena|no such (?:app|site|host"
    r"|page)\b|there isn.t a github pages site))",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\W{0,5}(?:(?:http )?(?:error )?50[0-4]\b\W{0,5}(?:$|http|internal|bad|service|gateway|error|server)"
    r"|internal server error|bad gateway|gateway time-?out"
    r"|(?:service|site|website) (?:is )?(?:temporarily )?unavailable|server error\b"
    r"|error establishing a database connection|database (?:connection )?error"
    r"|(?:could not|cannot|can.t|unable to|failed to) connect to (?:the |mysql |local ){0,3}(?:database|mysql"
    r"|server)|connection to (?:the )?database"
    r"|fehler beim aufbau einer datenbank|erreur lors de la connexion à la base de données"
    r"|error al establecer una conexión con la base"
    r"|errore nello stabilire una connessione al database|ошибка (?:подключения|соединения"
    r"|установки соединения)\b.{0,40}баз"
    r"|there has been a critical error|briefly unavailable for scheduled maintenance|(?:php )?(?:fatal"
    r"|parse) error\b|uncaught (?:pdo)?exception"
    r"|sqlstate\[|mysqli?_connect\(|server misconfigured|application error\W{0,5}$"
    r"|an error occurred while processing your request"
    r"|runtime error\b|whoops, looks like something went wrong|service unavailable)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"robot challenge screen|checking the site connection security|just a moment ?(?:\.\.\.|…)"
    r"|attention required! \| cloudflare"
    r"|checking (?:if the site connection is secure|your browser)|verif(?:y"
    r"|ying) (?:that )?you are (?:a )?human(?! (?:resources|rights|relations))"
    r"|needs to review the security of your connection"
    r"|(?:are|prove|confirm|verify|sure) (?:that )?you.{0,6} (?:not )?a (?:ro)?bot\b|(?:i.m|i am) not a robot"
    r"|human verification|bot verification|vercel security checkpoint"
    r"|(?:complete|solve|pass) (?:the|this) (?:security check|captcha|puzzle)|pardon our interruption"
    r"|access to this page has been denied"
    r"|request unsuccessful\. incapsula|incapsula incident id|ddos[- ]protection by|ddos-guard"
    r"|sucuri website firewall"
    r"|(?:your request|your browser|your connection) is being (?:verified|checked)|verifying (?:your browser"
    r"|your connection|that you are|you are)|client challenge"
    r"|(?:sorry,? you|^you) have been blocked|your (?:ip|access)\b.{0,40} (?:has |have )?been (?:blocked"
    r"|limited|denied|restricted)|the requested url was rejected"
    r"|unusual (?:traffic|activity) from your|enable (?:javascript|js) and cookies to continue|please (?:enable"
    r"|turn) (?:on )?javascript.{0,40}(?:captcha|challenge|verif)"
    r"|please wait while we (?:verify|check)|enter the characters you see|making sure you.re not a bot"
    r"|establishing a secure connection"
    r"|^sicherheitsüberprüfung\W{0,5}$|überprüf(?:en|ung) (?:sie |ihres )?(?:browser|ob sie)|sind sie ein (?:mensch"
    r"|roboter)|kein roboter"
    r"|vérifi(?:cation|ez|ons) (?:que vous|de votre navigateur)|pas un robot|no (?:eres|es|soy) un robot"
    r"|verifica(?:r|ndo|re)? .{0,20}(?:humano|umano|navegador|browser)"
    r"|провер(?:ка|яем|ьте) .{0,20}браузер|вы не робот|не робот|doğrulayın.{0,20}insan",
    re.IGNORECASE | re.MULTILINE,
)
_FORBIDDEN = re.compile(
    r"\W{0,5}(?:(?:http )?(?:error )?40[13]\b\W{0,5}(?:$|http|error|forbidden|access|unauthorized)"
    r"|access (?:is )?(?:denied|forbidden)(?=\W{0,5}$|\W+(?:you|this|your|the|on|to|error|reference|by)\b)"
    r"|forbidden\W{0,5}$|zugriff verweigert"
    r"|accès (?:refusé|interdit)|acceso (?:denegado|prohibido)|accesso negato|acesso negado"
    r"|доступ (?:запрещ[её]н|ограничен)|not authori[sz]ed|too many requests"
    r"|429\b\W{0,5}(?:$|too|error))",
    re.IGNORECASE,
)
_MARKS = (
    "/_incapsula_resource", "captcha-delivery.com", "px-captcha", "_cf_chl_opt", "cf-browser-verification", "sgcaptcha",
    "sucuri_cloudproxy", "slowaes.decrypt", "awswafintegration", "/.within.website/", "js-challenge", "geetest",
    "g-recaptcha", "h-captcha", "cf-turnstile", "hcaptcha.com/1/api.js", "ddos-guard", "bm-verify", "_pxappid",
    "/aes.js", "interstitial/ic.html",
)  # fmt: skip
"""Marks of tests for browsers in the HTML, in lower case."""


_ERRORS = (
    (_NOT_FOUND, WebsiteStatus.GONE),
    (_BROKEN, WebsiteStatus.SERVER_ERROR),
    (_FORBIDDEN, WebsiteStatus.BLOCKED),
)


def find_stand_in(document: Document) -> tuple[WebsiteStatus, str] | None:
    """Return what a page says in place of the requested one, as a status with its evidence; None for a real page."""
    text = document.visible_text
    if len(text) > MAX_TEXT_CHARACTERS:
        return None
    lines = [document.title, *(text_of(node, 200, " ") for node in document.tree.css("h1, h2")[:_MAX_HEADINGS]), text]
    lines = [" ".join(line.split()) for line in lines]
    if (found := _CHALLENGE.search("\n".join(lines))) is not None:
        return WebsiteStatus.BLOCKED, f"a test for browsers: {found[0][:100]}"
    if len(text) <= MAX_MARKUP_CHARACTERS and (mark := _find_mark(document)) is not None:
        return WebsiteStatus.BLOCKED, f"a test for browsers ({mark})"
    if len(text) > MAX_ERROR_CHARACTERS:
        return None
    for line in lines:
        for pattern, status in _ERRORS:
            if line and pattern.match(line):
                return status, line[:100]
    return None


def _find_mark(document: Document) -> str | None:
    """Return the mark of a test for browsers in a page without text; a form for people is none."""
    html = document.html[:MAX_HTML_CHARACTERS].lower()
    if any(word in html for word in ("<textarea", 'type="email"', "mailto:", "tel:")):
        return None
    if (mark := next((mark for mark in _MARKS if mark in html), None)) is not None:
        return mark
    sets_cookie = len(document.html) <= MAX_TEST_CHARACTERS and "document.cookie" in html and "location" in html
    return "a script that sets a cookie" if sets_cookie and find_redirect(document) is None else None
