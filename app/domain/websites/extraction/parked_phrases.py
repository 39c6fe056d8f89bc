"""Words of pages that stand in for a website, in the languages of the registrars that show them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOKEN = r"(?:https?://)?(?:[\w-]{1,63}\.){1,3}[a-z]{2,24}"
# The domain at which the reader is; "a domain" and "your domain" are those that a registrar's own site talks about.
_DOMAIN = (
    r"(?:this (?:premium |requested )?(?:web ?)?(?:domain|site address)(?: ?names?)?|the (?:(?:premium "
    r"|requested )?domain ?names?|web ?domain)|(?:diese[rs]?|die) (?:web)?domain(?:name|adresse)?|dieser domainname"
    r"|ce (?:nom de )?domaine|le nom de domaine|(?:este|el) (?:nombre de )?dominio|(?:questo|il) (?:nome (?:di"
    r"|a) )?dominio"
    r"|(?:este|o|esse) (?:nome de )?domínio|(?:deze|de|dit|het) domein(?:naam)?|(?:ta |nazwa )?domena|(?:этот "
    r"|данный )?домен(?:ное имя)?"
    r"|цей домен|(?:tato |tento )?dom[eé]na|ez a domain(?:n[eé]v)?|(?:denna|den här|dette|det) dom[äæ]ne?t?"
    r"|tämä verkkotunnus"
    r"|bu (?:alan adı|domain)|acest domeniu|(?:该|此|本)域名|このドメイン|이 도메인)"
)
_ESTATE = r"the domain|le domaine"
SUBJECT_BEFORE = re.compile(
    rf"(?:\b(if|whether|ob|si|se|czy|если) )?(?:\b{_DOMAIN}|\b({_ESTATE})\b"
    rf"|(?<![@\w.-])(?<!\bat )(?<!\bon )(?<!\bin )(?<!\bvia ){_TOKEN})(?:[^.!?]"
    rf"|\.(?=\w)){{0,60}}$",
    re.IGNORECASE,
)
"""The domain as the subject of a predicate that follows. Group 1 is a word that makes it a question, group 2 a subject
that may be an estate as well."""
_FOR_SALE = (
    r"(?:(?:is|may be|might be|could be|has been listed)(?: now| still| currently"
    r"| also)? (?:(?:listed )?for (?:sale|lease|rent)"
    r"|available (?:for|to) (?:purchase|sale|buy|lease|rent)\b|(?:available|on sale)(?=\s?(?:[.!]|$))|for sale\b)"
    r"|\b(?:was|has been)(?: recently| just)? sold\b|\bcould be yours\b|\bjest do kupienia\b|\b(?:for sale"
    r"|zu verkaufen)(?= ?(?:[|!–—-]|$))"
    r"|\bsteh(?:t|en) (?:aktuell |derzeit |jetzt )?zum verkauf|\b(?:ist|könnte|wird|kann"
    r"|darf)\b.{0,40}?(?:zu verkaufen|käuflich|zum kauf|zum verkauf|verkauft werden|gekauft werden"
    r"|erworben werden|erhältlich)"
    r"|\b(?:wird|bietet)\b.{0,40}?zum (?:kauf|verkauf)|\b(?:est|serait|sont|peut être)(?: actuellement"
    r"| peut-être)? (?:à vendre|en vente|disponible à la vente|à céder)"
    r"|\b(?:está|esta|puede estar) (?:a la venta|en venta)|\ben venta\b|\b(?:è|e'|potrebbe essere) in vendita"
    r"|\bin vendita\b|\b(?:está|esta|pode estar) (?:à venda|a venda)"
    r"|\bà venda\b|\b(?:is|staat|kan)(?: mogelijk| nu)? te koop|\bte koop\b|\bjest (?:wystawiona )?na sprzedaż"
    r"|\bna sprzedaż\b|\bпрода[её]тся|\bвыставлен на продажу"
    r"|\bпродається|\bje na prodej|\bна продажу|\beladó|\bär till salu|\ber til salg|\bon myytävänä|\bsatılık"
    r"|\b(?:este )?de vânzare|出售|販売中|판매)"
)
_EXPIRED = (
    r"(?:(?:has|is|was)(?: recently| now)? (?:expired|lapsed|been suspended|been cancelled|been deactivated|suspended"
    r"|inactive)\b|\bist (?:abgelaufen|gesperrt|gekündigt)"
    r"|\b(?:a|est) (?:expiré|suspendu)|\bha (?:expirado|caducado|sido suspendido)|\bè scaduto|\bexpirou"
    r"|\bis (?:verlopen|opgeheven)|\bwygasła|\bист[её]к|\bприостановлен|\bvypršela)"
)
_PARKED = (
    r"(?:(?:is|has been|was)(?: currently| now| successfully)? (?:parked|reserved|pending)\b|\bist (?:geparkt"
    r"|reserviert)|\bwurde (?:geparkt|reserviert)"
    r"|\best (?:parqué|réservé)|\bestá (?:aparcado|estacionado|reservado|parqueado)|\bè (?:parcheggiato"
    r"|riservato)|\bestá (?:estacionado|reservado)"
    r"|\b(?:is|werd) (?:geparkeerd|gereserveerd)|\b(?:jest )?zaparkowana|\bjest utrzymywana|\bприпаркован"
    r"|\bне прилинкован|\bне привязан)"
)
_REGISTERED = (
    r"(?:(?:has|have)(?: just| recently| already| successfully)? been registered|(?:was|is)(?: just| recently"
    r"| already)? registered\b"
    r"|\b(?:wurde|ist)\b.{0,50}?\b(?:registriert|angemeldet)\b|\b(?:a été|est)(?: déjà)? (?:enregistré|déposé)"
    r"|\b(?:ha sido|está|fue)(?: recientemente| ya)? registrado|\b(?:è|è stato)(?: già| appena)? registrato"
    r"|\b(?:foi|está) registrado"
    r"|\b(?:is|werd)(?: al| reeds)? (?:geregistreerd|vastgelegd)|\b(?:została |jest )?(?:już )?zarejestrowana"
    r"|\bзарегистрирован|\bje (?:již )?(?:registrov[aá]na|zaregistrov[aá]na))"
)


_SITE = (
    r"(?:web ?site|web ?page|site|page|homepage|online ?shop|store|webseite|internetseite|internetauftritt"
    r"|internetpräsenz|web|sito|sitio|página|pagina"
    r"|strona|serwis|сайт|stránk[ya]|webbplats|hjemmeside|nettside|sivusto|weboldal|oldal)"
)
_SOON = (
    r"(?:coming (?:very )?soon|launch(?:ing|es)? (?:very )?soon|opening soon|on (?:its|the) way"
    r"|under (?:construction|development|maintenance)|being (?:built|updated|developed|redesigned)"
    r"|im (?:aufbau|entstehen|umbau)|in (?:bearbeitung|vorbereitung|kürze)|demnächst|wird (?:gerade "
    r"|derzeit )?(?:überarbeitet|erstellt|neu gestaltet)"
    r"|en (?:cours de )?(?:construction|création|travaux)|bientôt|en construcción|próximamente"
    r"|in (?:costruzione|allestimento)|prossimamente|presto online"
    r"|em (?:construção|breve|desenvolvimento)|in (?:aanbouw|ontwikkeling|onderhoud)|binnenkort|w (?:budowie"
    r"|przygotowaniu|trakcie budowy)|wkrótce"
    r"|в разработке|на реконструкции|в процессе (?:создания|разработки)|скоро (?:откро|появ|будет)\w{0,9}"
    r"|ve výstavbě|připravujeme|under (?:uppbyggnad|opbygning|konstruksjon)|rakenteilla"
    r"|kommer snart|készül|yapım aşamasında|çok yakında|建设中|準備中|준비 ?중)"
)

HINTS = (
    "domain", "domein", "domén", "domín", "domin", "domen", "домен", "домён", "domän", "domæn", "域名", "도메인",
    "ドメイン", "verkkotunnus", "alan adı", "site address", "parked", "parking", "suspend", "disabled", "deactivated",
    "cancelled", "expired", "unavailable", "available", "hosted", "published", "deleted", "removed", "archived",
    "taken down", "private", "placeholder", "default", "proper operation", "hosting", "virtual host", "serwerach",
    "freigeschaltet", "future home", "sponsored", "owner", "awesome idea", "brand new", "this page", "24 hours",
    "being created", "step left", "this shop", "gesperrt", "abgelaufen", "gelöscht", "veröffentlicht", "fermé", "сайт",
    "хостинг", "verknüpft", "verfügbar", "functioning", "for sale", "sold", "使用", "lapsed", "instead of", "not exist",
)  # fmt: skip
"""Every statement has one of these words: texts without them, which are most, need no further search."""
SOON_HINTS = (
    "soon", "construction", "constru", "under ", "being ", " way", "aufbau", "entste", "umbau", "bearbeitung",
    "vorbereitung", "kürze", "demnächst", "überarbeitet", "erstellt", "gestaltet", "création", "travaux", "bientôt",
    "próximamente", "costruzione", "allestimento", "prossimamente", "presto online", "breve", "desenvolvimento",
    "aanbouw", "ontwikkeling", "onderhoud", "binnenkort", "budow", "przygotowaniu", "wkrótce", "разработ",
    "реконструкции", "создания", "скоро", "výstavb", "připrav", "uppbyggnad", "opbygning", "konstruksjon",
    "rakenteilla",
    "snart", "készül", "yapım", "yakında", "建设", "準備", "준비", "check back", "tuned",
)  # fmt: skip
"""The same of the statements of the group `soon`."""

PREDICATES: Sequence[tuple[str, float, str]] = (
    ("sale", 1.0, _FOR_SALE),
    ("expired", 1.0, _EXPIRED),
    ("parked", 1.0, _PARKED),
    ("registered", 0.8, _REGISTERED),
)
"""What a page says of its domain, each with its group and weight; SUBJECT_BEFORE must precede it."""

STATEMENTS: Sequence[tuple[str, float, str]] = (
    # group, weight, pattern
    ("sale", 0.9, r"\b(?:buy|get|own|lease|acquire|purchase) (?:this|the) (?:premium )?domain\b|\b(?:diese"
                  r"|die) domain (?:jetzt )?(?:kaufen|erwerben)\b"
                  r"|\bachet(?:er|ez) ce (?:nom de )?domaine|\bcompr(?:ar|e|a) (?:este|esse) dom[ií]nio"
                  r"|\b(?:acquista|compra) (?:questo|il) dominio"
                  r"|\bkoop (?:deze|dit) domein(?:naam)?|\bkup (?:tę )?domenę|\bкупить (?:этот )?домен"),
    ("sale", 1.0, r"\binquire about this domain\b|\bmake (?:an )?offer (?:on|for) this domain\b"
                  r"|\bowner of this domain is offering it\b"
                  r"|\boffering it for sale\b|\bget a price in less than 24 hours\b"
                  r"|\bvom domaininhaber\b.{0,40}\bangeboten\b"
                  r"|\bthe owner of (?:the|this) domain\b.{0,60}\b(?:sale|sell|offer)"
                  r"|\bhas been informing visitors about topics\b"),
    ("registered", 0.8, r"\bdomain(?:name)? (?:\w{1,20} ){0,2}(?:registriert|reserviert|geparkt)\b"
                        r"|\bdominio (?:già )?(?:registrato|parcheggiato|riservato)\b"
                        r"|\bdomain (?:name )?(?:not )?claimed\b"),
    ("sale", 1.0, r"\bthis web ?site is for sale\b"),
    ("registered", 1.0, r"このドメインは.{0,8}(?:使用|利用)されていません|(?:该|此|本)域名.{0,8}(?:未|没有|暂无)"),
    ("registered", 1.0, r"\b(?:domain|adresse) ist (?:derzeit |noch |zurzeit |aktuell )?nicht (?:verfügbar"
                        r"|verknüpft|verbunden|belegt)\b"
                        r"|\bdomain is not (?:yet )?connected to a web ?site\b"),
    ("account", 1.0, r"\b(?:sorry,? )?this (?:web ?)?site is (?:currently|temporarily) unavailable\b"
                     r"|\bthis store does not exist\b"),
    ("default", 1.0, r"\bapache is functioning normally\b|\bseeing this instead of the web ?site you expected\b"),
    ("ads", 1.0, r"\bsponsored listings\b.{0,60}\bserved automatically\b"),
    ("parked", 1.0, r"\b(?:web ?)?(?:page|site|domain) is parked (?:free|for free|with|at|by|on|courtesy)"
                    r"|\bparked (?:free|for free),? courtesy\b|\bsedo domain parking\b|\bparked domain name on\b"
                    r"|\bthis is a parking page\b|\bdomain parking\b(?=.{0,100}\b(?:page|registrar|owner"
                    r"|inhaber)\b)"),
    ("registered", 1.0, r"\b(?:zarejestrowana|utrzymywana) na serwerach\b|\bwurde soeben freigeschaltet\b"
                        r"|\bfuture home of (?:something quite cool|(?:[\w-]{1,63}\.){1,3}[a-z]{2,24})"
                        r"|\bowner of this domain has not yet\b|\bwas recently registered (?:at|with)\b"
                        r"|\ba brand new domain\b|\bno (?:web ?site|web project) (?:is|has been) (?:hosted"
                        r"|configured|published) "
                        r"|\bthere is no (?:web ?site|content) (?:here|at this (?:address|domain)|configured)"
                        r"|\bis a totally awesome idea still being worked on\b"),
    ("default", 1.0, r"\bthis page is generated by plesk\b|\bdefault (?:index )?page of your web ?site\b"
                     r"|\bif you (?:see|are seeing) this page,? the (?:nginx|openresty|angie|apache|caddy|tengine)\b"
                     r"|\bused to test the proper operation of the\b|\bdefault welcome page used to test\b"
                     r"|\bif you are the owner of this web ?site, please contact your hosting provider\b"
                     r"|\bthis is the default (?:web ?page|web ?site|page|server page|index|vhost)\b"
                     r"|\byou have not (?:put|uploaded) any (?:content|files)\b"
                     r"|\byour hosting account (?:has been|is) (?:set up|created|active|ready)\b|\b(?:site"
                     r"|account) owner reaching\b|\bnew web ?site is being created\b"
                     r"|\bvirtual host is working\b|\bwebsite for \S{1,80} is not available at this time\b"
                     r"|\bthis (?:web ?)?(?:page|site) is (?:used )?(?:a )?placeholder\b"),
    ("account", 1.0, r"\b(?:this|the) (?:hosting )?(?:account|web ?site|site|web ?page|shop|store) (?:has been"
                     r"|is|was)(?: currently| temporarily)? (?:suspended|disabled|deactivated|cancelled)\b"
                     r"|\baccount suspended\b|\bthis (?:account|web ?site|site|subscription"
                     r"|trial) has expired\b|\bweb ?site expired\b|\bsite (?:is )?(?:no longer available"
                     r"|not published|unpublished)\b"
                     r"|\b(?:this|the) (?:shop|store) is (?:currently |temporarily )?unavailable\b"
                     r"|\bdomain isn.t connected to a web ?site\b|\bconnect your domain\b(?=.{0,200}\bwix\b)"
                     r"|\bonly one step left\b.{0,120}\bdomain\b|\bthe authors have deleted this site\b"
                     r"|\bthis (?:web ?)?(?:site|page) (?:is|has) (?:not|no longer) (?:been |yet "
                     r"|currently )?(?:available|published|hosted)\b|\bthis (?:web ?)?site is (?:unavailable"
                     r"|private|unpublished)\b|\bweb ?site owner hasn.t published\b"
                     r"|\bthis (?:web ?)?site (?:has been|was) (?:deleted|removed|archived|taken down"
                     r"|unpublished)\b|\bsorry, this shop is\b"
                     r"|\bdiese (?:web ?site|webseite|seite|präsenz) (?:ist|wurde) (?:gesperrt|deaktiviert"
                     r"|abgelaufen|gelöscht|nicht veröffentlicht)|\b(?:ce|le) site (?:est|a été) (?:suspendu"
                     r"|désactivé|fermé)"
                     r"|\b(?:сайт|хостинг)\b.{0,20}? (?:заблокирован|отключ[её]н|не опубликован|приостановлен)"),
    ("soon", 0.6, rf"\b(?:our|the|this|a|new|my|your|this is|unsere|diese|hier|die|notre|ce|nuestro|este|il"
                  rf"|il nostro|nuevo|nouveau|nova|nosso|deze|onze|nasza|nowa|ten"
                  rf"|this)\b.{{0,40}}?\b{_SITE}\b.{{0,40}}?{_SOON}"
                  rf"|\b{_SITE} (?:is |ist |est |è |está |jest )?(?:befindet sich )?{_SOON}"
                  rf"|{_SOON}.{{0,30}}?\b{_SITE}\b"
                  r"|\bhier entsteht\b|\bwe.{0,5}re (?:launching|coming|opening) soon\b"
                  r"|\bwe.re under construction\b|\bcheck back (?:later|soon|for)\b|\bstay tuned\b"),
)  # fmt: skip
"""Statements in the text, each with its group, its weight, and its pattern."""

TITLES: Sequence[tuple[str, float, str]] = (
    ("default", 1.0, r"(?:welcome to (?:nginx|openresty|centos|apache|xampp|litespeed|caddy|tengine|angie"
                     r"|.{0,30}web ?server)\b|(?:apache2?|nginx|http server).{0,40}(?:test|default) page"
                     r"|test page for the|default (?:web ?site|server|web ?server|parallels plesk|plesk"
                     r"|web) ?(?:page|panel)?|domain default page|web server.s default page"
                     r"|iis windows(?: server)?$|iis ?\d"
                     r"|apache tomcat/|directadmin|cyberpanel|success!$|\S{1,80} - default page"
                     r"|congratulations!? your (?:web ?site|domain)|hosting (?:default|placeholder) page)"),
    ("default", 1.0, r"index of /\s*$"),
    ("parked", 1.0, r"(?:parked(?: domain| page)?|domain (?:parked|parking|is parked|geparkt|reserviert"
                    r"|reserved|not claimed|registered|names? parking)|parking page|parked at .{1,40}"
                    r"|domain name (?:parked|registered))\W*$"
                    r"|\w{1,30} - domain (?:reserved|reserviert|parked|parking)"),
    ("sale", 1.0, r"(?:(?:.{0,60} )?domain (?:names? )?for sale|domain zu verkaufen|domaine à vendre"
                  r"|dominio (?:en venta|in vendita)|domínio à venda|domein(?:naam)? te koop|domena na sprzedaż"
                  r"|домен прода[её]тся)\b"),
    ("account", 1.0, r"(?:account suspended|(?:squarespace - )?web ?site expired|squarespace - (?:claim|parking"
                     r"|domain)|site not (?:published|found)|suspended (?:page|domain|account)|domain expired"
                     r"|expired domain|web ?site (?:suspended|unavailable|disabled)|wix\.com - |shop unavailable)"),
    ("ads", 0.6, r"related (?:searches|links|topics)\W*$"),
    ("account", 1.0, r"bandwidth limit exceeded|sorry!? this (?:site|page|domain) is not"),
    ("soon", 0.6, rf"(?:.{{0,60}}\W)?(?:{_SOON}|hier entsteht)|baustelle|wartung\W*$|(?:holding|placeholder) page"),
    ("soon", 0.5, r".{0,60}\b(?:is in the works|(?:be|available|online|live|back) soon|almost (?:here|ready|there))\b"),
)  # fmt: skip
"""Beginnings of titles and main headings."""

SERVICES: Sequence[tuple[float, Sequence[str]]] = (
    (
        1.0,
        [
            "parking-lander",
            "/cgi-sys/defaultwebpage",
            "/cgi-sys/suspendedpage",
            "sedoparkingurl",
            "parkingpage.namecheap.com",
            "forsale.godaddy.com",
            "window.park=",
            "parking.bodiscdn.com",
            "parkingcrew.net",
            "cashparking.com",
        ],
    ),
    (
        0.8,
        [
            "data-adblockkey",
            "sedoparking.com",
            "bodis.com",
            "dan.com/buy-domain",
            "cdn.dan.com",
            "afternic.com/forsale",
            "afternic.com/domain",
            "parklogic.com",
            "domainmarket.com",
            "uniregistry.com",
            "skenzo.com",
            "buydomains.com",
            "hugedomains.com",
            "d38psrni17bvxu",
            "voodoo.com",
            "above.com/marketplace",
            "undeveloped.com",
            "efty.com",
            "sav.com/domains",
            "adsense/domains/caf.js",
            "dsparking.com",
            "rookdns.com",
            "domainsponsor.com",
            "fastpark.net",
            "namedrive.com",
            "trafficz.com",
            "dynadot.com/market",
            "epik.com/forsale",
        ],
    ),
)
"""Marks of parking services in the HTML, in lower case and without spaces, with their weights."""

MARKETS = frozenset(
    [
        "hugedomains.com",
        "dan.com",
        "sedo.com",
        "sedo.de",
        "afternic.com",
        "domainmarket.com",
        "buydomains.com",
        "uniregistry.com",
        "undeveloped.com",
        "efty.com",
        "brandbucket.com",
        "squadhelp.com",
        "perfectdomain.com",
        "domainagents.com",
        "parkingcrew.net",
        "sedoparking.com",
        "bodis.com",
        "above.com",
        "voodoo.com",
        "expireddomains.com",
        "mydomaincontact.com",
        "parklogic.com",
    ]
)
"""Registered domains of markets and parking services: a domain that leads there is parked."""

PATHS = frozenset(
    [
        "/lander",
        "/parking",
        "/parked",
        "/park",
        "/domain-for-sale",
        "/forsale",
        "/cgi-sys/defaultwebpage.cgi",
        "/cgi-sys/suspendedpage.cgi",
        "/defaultsite",
        "/suspended.page",
    ]
)
"""Paths to which servers of parked domains redirect."""


def compile_phrases(phrases: Sequence[tuple[str, float, str]]) -> list[tuple[str, float, re.Pattern[str]]]:
    """Return the phrases with compiled patterns."""
    return [(group, weight, re.compile(pattern, re.IGNORECASE)) for group, weight, pattern in phrases]
