"""Words of other languages than English for the sections on what a company is: strong ones and weak ones.

They are beginnings of words, by section and language; a space stands for any white space.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "overview": {
        "de": (
            r"gegründet|gründung|hauptsitz|firmensitz|sitz in|mit sitz|seit (?:18|19|20)",
            r"unternehmen|familienbetrieb|gmbh|wir sind|über uns|geschichte",
        ),
        "fr": (
            r"fondée?s?\b|créée?s?\b|siège|depuis (?:18|19|20)",
            r"entreprise|société|nous sommes|histoire|familiale",
        ),
        "es": (
            r"fundad|constituid|sede|desde (?:18|19|20)",
            r"empresa|compañía|somos|historia|familiar",
        ),
        "it": (
            r"fondat|nata nel|nasce nel|sede|dal (?:18|19|20)",
            r"azienda|società|siamo|storia|familiare",
        ),
        "nl": (
            r"opgericht|gevestigd|hoofdkantoor|sinds (?:18|19|20)",
            r"bedrijf|onderneming|wij zijn|over ons|familiebedrijf",
        ),
        "fi": (
            r"perustet|pääkonttori|kotipaikka|vuodesta (?:18|19|20)|sijaitse",
            r"yritys|yhtiö|olemme|perheyrity|historia",
        ),
        "sv": (
            r"grundad|grundades|bildades|huvudkontor|säte|sedan (?:18|19|20)",
            r"företag|bolag|vi är|om oss|familjeföretag",
        ),
        "pt": (
            r"fundad|criada em|sede|desde (?:18|19|20)",
            r"empresa|companhia|somos|história|familiar",
        ),
        "pl": (
            r"założon|powstał|siedzib|od (?:18|19|20)\d\d",
            r"firma|spółka|jesteśmy|historia|rodzinn",
        ),
    },
    "products": {
        "de": (
            r"produkt|dienstleistung|leistungen|wir fertigen|fertigt|stellt her|herstell|bieten|bietet"
            r"|vertreib|beliefer|verkauf",
            r"lösung|sortiment|angebot|software|möbel|maschinen|montage|reparatur",
        ),
        "fr": (
            r"produits?\b|services?\b|fabri|propos(?:e|ons)|vend(?:ons)?\b|commercialis|conçoi",
            r"solution|gamme|offre|logiciel|réparation|livraison",
        ),
        "es": (
            r"productos?\b|servicios?\b|fabrica|ofrece|vende|comercializa|diseña",
            r"solucion|gama|oferta|programa|reparación|entrega",
        ),
        "it": (
            r"prodott|servizi|produc|realizz|offr(?:e|iamo)|vend(?:e|iamo)\b|progett",
            r"soluzion|gamma|offerta|software|riparazion|consegn",
        ),
        "nl": (
            r"product|dienst|maken|maakt|levert|leveren|verkoop|produce|bied(?:en|t)",
            r"oplossing|assortiment|aanbod|software|reparatie|montage",
        ),
        "fi": (
            r"tuott|tuotte|palvelu|valmist|tarjoa|myy\b|myymme|toimita",
            r"ratkaisu|valikoima|ohjelmisto|korjau|asennu",
        ),
        "sv": (
            r"produkt|tjänst|tillverk|erbjud|säljer|levererar|producer",
            r"lösning|sortiment|utbud|programvara|reparation|montering",
        ),
        "pt": (
            r"produtos?\b|serviços?\b|fabrica|oferece|vende|comercializa|desenvolve",
            r"soluç|gama|oferta|software|reparaç|entrega",
        ),
        "pl": (
            r"produkt|usług|produkuj|wytwarza|oferuj|sprzedaj|dostarcz",
            r"rozwiązan|asortyment|ofert|oprogramowan|napraw|montaż",
        ),
    },
    "leadership": {
        "de": (
            r"geschäftsführ|vorstand|gründer|inhaber|prokurist|aufsichtsrat|leiter",
            r"leitet|direktor|nachfolg|berufen|gesellschafter",
        ),
        "fr": (
            r"directeur|directrice|gérante?\b|président|fondateur|fondatrice|pdg\b|dirigeant",
            r"dirige|nommé|conseil|associé|responsable",
        ),
        "es": (
            r"director|gerente|president|fundador|consejero delegado|administrador",
            r"dirige|nombrad|consejo|soci[oa]|responsable",
        ),
        "it": (
            r"direttore|amministrator|president|fondator|titolare|socio",
            r"guida|nominat|consiglio|responsabile|dirigente",
        ),
        "nl": (
            r"directeur|bestuurder|oprichter|eigenaar|voorzitter|directie",
            r"leidt|benoemd|bestuur|hoofd|manager",
        ),
        "fi": (
            r"toimitusjohtaja|perustaja|hallitu|johtaja|omistaja|puheenjohtaja",
            r"johtaa|nimitet|johtoryhmä|osakas|päällikkö",
        ),
        "sv": (
            r"verkställande direktör|\bvd\b|grundare|styrelse|ägare|ordförande|chef",
            r"leder|utsedd|ledning|delägare|direktör",
        ),
        "pt": (
            r"diretor|gerente|presidente|fundador|administrador|sócio",
            r"dirige|nomead|conselho|responsável|liderad",
        ),
        "pl": (
            r"prezes|dyrektor|założyciel|właściciel|zarząd|wspólnik",
            r"kieruje|powołan|rada|kierownik|przewodnicz",
        ),
    },
    "market": {
        "de": (
            r"kunden|kundschaft|beliefer|auftraggeber|märkte|markt\b|branche",
            r"weltweit|deutschland|europa|österreich|schweiz|hotels|schulen|krankenhäus|behörden|export",
        ),
        "fr": (
            r"clients?\b|clientèle|marchés?\b|secteur|exporte",
            r"monde|france|europe|régions?|hôtels|écoles|hôpitaux|collectivités",
        ),
        "es": (
            r"clientes?\b|mercados?\b|sectores|sector\b|exporta",
            r"mundo|españa|europa|países|hoteles|escuelas|hospitales",
        ),
        "it": (
            r"clienti|mercat|settor|esporta",
            r"mondo|italia|europa|paesi|alberghi|scuole|ospedali",
        ),
        "nl": (
            r"klanten|markt|branche|sector|opdrachtgever|export",
            r"wereldwijd|nederland|europa|hotels|scholen|ziekenhuizen",
        ),
        "fi": (
            r"asiakka|markkina|toimiala|vie\b|vienti",
            r"maailman|suom|euroop|hotell|koulu|sairaal",
        ),
        "sv": (
            r"kunder|kund\b|marknad|bransch|export",
            r"världen|sverige|europa|hotell|skolor|sjukhus",
        ),
        "pt": (
            r"clientes?\b|mercados?\b|setores|setor\b|exporta",
            r"mundo|portugal|brasil|europa|países|hotéis|escolas",
        ),
        "pl": (
            r"klien|ryn(?:ek|k)|branż|eksport|odbiorc",
            r"świat|pols|europ|hotel|szkoł|szpital",
        ),
    },
}
