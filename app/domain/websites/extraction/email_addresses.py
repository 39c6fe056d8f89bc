"""E-mail addresses: which strings are addresses of a business, and their properties."""

from __future__ import annotations

import re
import unicodedata

import idna

from app.domain.websites.extraction.hosts import has_real_suffix, registered_domain
from app.domain.websites.extraction.wordlists import words

MAX_LOCAL_CHARACTERS = 64
"""Longest part before the @ (RFC 5321, 4.5.3.1.1)."""
MAX_ADDRESS_CHARACTERS = 254
"""The longest address (RFC 5321, 4.5.3.1.3)."""

_LOCAL = re.compile(r"[^\W_](?:[\w+'&-]|\.(?!\.)){0,63}(?<![.'])")  # any letters (RFC 6531)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)

# Text that readers are asked to remove ("no-spam"), and a telephone number directly before the address.
_BAIT = re.compile(r"(?:no-?spam|remove-?(?:this|me)|delete-?this)[._-]?|^[\d.-]{7,20}(?=[a-z])", re.IGNORECASE)

# File name extensions that look like top-level domains: logo@2x.png.
FILE_EXTENSIONS = words("""
    png jpg jpeg gif svg webp avif ico bmp tif tiff css scss less js mjs ts jsx tsx map json xml html htm php
    asp aspx woff woff2 ttf eot otf mp3 mp4 webm mov avi pdf doc docx xls xlsx zip gz rar 7z exe dmg
""")
# Domains in examples, forms and code, which do not belong to the business that shows them.
EXAMPLE_DOMAINS = words("""
    example.com example.org example.net example.edu domain.com domain.tld yourdomain.com your-domain.com
    mydomain.com yoursite.com mysite.com yourcompany.com company.com yourbusiness.com email.com mail.com.example
    site.com website.com yourwebsite.com test.com test.test somewhere.com address.com emailaddress.com
    youremail.com myemail.com beispiel.de musterfirma.de muster.de ihre-domain.de ihredomain.de exemple.com
    exemple.fr ejemplo.com esempio.it dominio.com voorbeeld.nl xyz.com abc.com sample.com placeholder.com
    acme.com foo.com bar.com server.com host.com doe.com internet.com yourmail.com
""")
# Services whose addresses are keys of an error tracker, a site builder or a network, not mailboxes.
SERVICE_DOMAINS = words("""
    sentry.io sentry-next.wixpress.com wixpress.com ingest.sentry.io sentry.wixpress.com sentry.dev rollbar.com
    bugsnag.com schema.org w3.org group.calendar.google.com resource.calendar.google.com gserviceaccount.com
    users.noreply.github.com
""")
# Local parts of examples, whatever their domain.
PLACEHOLDER_NAMES = words("""
    user username your you yourname your.name yourname youremail your-email your.email email_address
    emailaddress name firstname firstname.lastname first.last first-name firstlast vorname.nachname
    max.mustermann maxmustermann mustermann ihre.email ihr.name ihrname deine votre.email nom prenom.nom tu
    tuemail tu.email tunombre somebody someone anyone xxx xxxx abc test.user johndoe john.doe jane.doe janedoe
    jdoe foo bar foobar example beispiel placeholder yourmail mymail myname
""")
# Local parts of examples if the domain has the same name: john@john.com.
_EXAMPLE_NAMES = words("""
    john jane joe me mail email test sample demo info
""")

ROLE_NAMES = words("""
    info contact contacts kontakt contacto contatto contatti contactus hello hallo hi hola office mail email
    post admin administrator webmaster postmaster hostmaster support help helpdesk service services
    customerservice kundenservice sales vertrieb verkauf ventas vente commercial orders order bestellung booking
    bookings reservation reservations reservas enquiries enquiry inquiries inquiry general billing accounts
    accounting buchhaltung finance hr jobs career careers bewerbung personal recruiting press presse media
    marketing pr privacy datenschutz dataprotection dpo legal abuse security team secretary sekretariat
    secretariat reception rezeption feedback news newsletter events shop store hotel praxis kanzlei buero bureau
    zentrale empfang membership members donations web webteam
""")
REPOSITORY_HOSTS = words("github.com gitlab.com bitbucket.org codeberg.org git.sr.ht")
"""Hosts at which `git@` is the user of a repository."""
NOREPLY_NAME = re.compile(r"(?:no|not|do.?not|never).?reply|noresponse|mailer-daemon|bounces?", re.IGNORECASE)
FREE_PROVIDERS = words("""
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.com.au
    ymail.com rocketmail.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.es hotmail.it outlook.com
    outlook.de live.com live.co.uk live.de msn.com aol.com aol.de aim.com icloud.com me.com mac.com gmx.de
    gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de mail.com mail.ru yandex.ru yandex.com
    bk.ru inbox.ru list.ru rambler.ru protonmail.com proton.me pm.me zoho.com tutanota.com comcast.net
    verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net btinternet.com
    btconnect.com virginmedia.com sky.com ntlworld.com talktalk.net orange.fr wanadoo.fr free.fr laposte.net
    sfr.fr libero.it virgilio.it alice.it tin.it tiscali.it bluewin.ch hispeed.ch sunrise.ch telenet.be
    skynet.be ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl bigpond.com optusnet.com.au shaw.ca rogers.com
    sympatico.ca telus.net qq.com 163.com 126.com sina.com naver.com hanmail.net daum.net rediffmail.com
    uol.com.br terra.com.br bol.com.br wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz
""")


def normalise_address(text: str, own_domain: str | None = None) -> str | None:
    """Return the address in `text` with its domain in lower case; None if it is invalid, an example or a machine's.

    `own_domain` is the registered domain of the site: its addresses are no examples, even at acme.com.
    Internationalised addresses (RFC 6531) and domains are returned in Unicode, as they are written.
    """
    address = _BAIT.sub("", unicodedata.normalize("NFKC", text)).strip(" \t\r\n<>()[]{}\"'`,;:!?*|/\\.")
    local, at, domain = address.rpartition("@")
    domain = _without_next_word(domain.rstrip("."))
    if not at or len(address) > MAX_ADDRESS_CHARACTERS or len(local) > MAX_LOCAL_CHARACTERS:
        return None
    if not (_LOCAL.fullmatch(local) and _is_domain(domain)):
        return None
    if not has_real_suffix(domain) or domain.rpartition(".")[2] in FILE_EXTENSIONS:
        return None
    return None if is_placeholder(local.lower(), domain, own_domain) else f"{local}@{domain}"


def _is_domain(domain: str) -> bool:
    """Return whether a domain in lower case can exist, if need be in its ASCII form (RFC 5891)."""
    return _DOMAIN.fullmatch(ascii_domain(domain)) is not None


def ascii_domain(domain: str) -> str:
    """Return the ASCII form of a domain, an empty string if there is none."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain[:MAX_ADDRESS_CHARACTERS], uts46=True).decode()
    except idna.IDNAError:
        return ""


_NEXT_WORD = re.compile(r"(?<=[a-z])\.?[A-Z][a-z]{0,60}$")


def _without_next_word(domain: str) -> str:
    """Return the domain in lower case, without a word glued to its end: `shop.com.Call us`, `shop.comPhone`."""
    shorter = _NEXT_WORD.sub("", domain)
    is_glued = shorter != domain and shorter.islower() and has_real_suffix(shorter)
    return shorter if is_glued else domain.lower()


def is_placeholder(local: str, domain: str, own_domain: str | None = None) -> bool:
    """Return whether the address, both parts in lower case, is an example or belongs to a machine."""
    registered = registered_domain(domain) or domain
    is_own = own_domain is not None and registered == own_domain
    if domain in SERVICE_DOMAINS or registered in SERVICE_DOMAINS:
        return True
    if not is_own and (domain in EXAMPLE_DOMAINS or registered in EXAMPLE_DOMAINS):
        return True
    if local == "git" and domain in REPOSITORY_HOSTS:
        return True
    if local.isdigit() and len(local) < 3 and domain.partition(".")[0].isdigit():
        return True  # versions and times: 2@3.com
    if local in PLACEHOLDER_NAMES or local.startswith(("u003", "u002", "x3e", "x22")):
        return True
    if re.fullmatch(r"[0-9a-f]{24,}", local) or re.fullmatch(r"[0-9a-f-]{36}", local):
        return True
    return not is_own and local == domain.rpartition(".")[0] and local in _EXAMPLE_NAMES


def address_flags(address: str) -> dict[str, bool]:
    """Return whether the address is that of a role, of a free provider, and whether it takes no replies."""
    local, _, domain = address.lower().rpartition("@")
    word = re.split(r"[._+-]", local)[0]
    return {
        "role": local in ROLE_NAMES or word in ROLE_NAMES,
        "free": domain in FREE_PROVIDERS,
        "noreply": bool(NOREPLY_NAME.fullmatch(local) or NOREPLY_NAME.match(local)),
    }
