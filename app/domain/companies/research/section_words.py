"""Words by which passages in other languages than English are found for a section: strong ones and weak ones.

They are beginnings of words, by section and language; a space stands for any white space.
"""

from __future__ import annotations

import re

STRONG, WEAK = 3.0, 1.5
_WORDS: dict[str, dict[str, tuple[str, str]]] = {
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
    "competitors": {
        "de": (
            r"wettbewerb|konkurren|mitbewerber|marktführer|marktanteil",
            r"im gegensatz|anders als|alternative|vergleich|einzige",
        ),
        "fr": (
            r"concurren|leader du marché|part de marché|rivaux",
            r"contrairement|alternative|comparé|seule? entreprise",
        ),
        "es": (
            r"competid|competencia|líder del mercado|cuota de mercado|rivales",
            r"a diferencia|alternativa|comparad|únic[oa]",
        ),
        "it": (
            r"concorren|leader di mercato|leader del mercato|quota di mercato|rivali",
            r"a differenza|alternativa|rispetto a|unic[oa]",
        ),
        "nl": (
            r"concurren|marktleider|marktaandeel",
            r"in tegenstelling|alternatie|vergeleken|enige",
        ),
        "fi": (
            r"kilpail|markkinajohtaja|markkinaosuu",
            r"toisin kuin|vaihtoehto|verrattuna|ainoa",
        ),
        "sv": (
            r"konkurren|marknadsledande|marknadsandel",
            r"till skillnad|alternativ|jämfört|enda",
        ),
        "pt": (
            r"concorren|líder de mercado|líder do mercado|quota de mercado|rivais",
            r"ao contrário|alternativa|comparad|únic[oa]",
        ),
        "pl": (
            r"konkuren|lider rynku|udział w rynku",
            r"w przeciwieństwie|alternatyw|w porównaniu|jedyn",
        ),
    },
    "financials": {
        "de": (
            r"umsatz|gewinn|verlust|jahresabschluss|bilanz|finanzierung|investor|stammkapital",
            r"mitarbeiter|beschäftig|mio\b|millionen|mrd|euro|beteiligung",
        ),
        "fr": (
            r"chiffre d'affaires|bénéfice|perte|résultat|levée de fonds|investisseur|capital social",
            r"salariés|employ|collaborateurs|millions|milliards|euros",
        ),
        "es": (
            r"facturación|factura\b|beneficio|pérdida|ingresos|inversor|financiación|capital social",
            r"emplead|trabajadores|plantilla|millones|euros",
        ),
        "it": (
            r"fatturato|utile|perdita|ricavi|bilancio|investitor|finanziament|capitale sociale",
            r"dipendenti|collaborator|milioni|miliardi|euro",
        ),
        "nl": (
            r"omzet|winst|verlies|jaarrekening|investeerder|financiering|kapitaal",
            r"medewerkers|werknemers|miljoen|miljard|euro",
        ),
        "fi": (
            r"liikevaihto|voitto|tappio|tilinpäätö|tulos\b|rahoitu|sijoittaja|osakepääoma",
            r"työntekij|henkilöstö|työllist|miljoona|euro",
        ),
        "sv": (
            r"omsättning|omsätter|vinst|förlust|bokslut|investerare|finansiering|aktiekapital",
            r"anställda|medarbetare|miljon|miljard|kronor|euro",
        ),
        "pt": (
            r"faturação|faturamento|lucro|prejuízo|receita|investidor|financiamento|capital social",
            r"trabalhadores|funcionários|colaboradores|milhões|euros",
        ),
        "pl": (
            r"przychod|obrot|zysk|strat|bilans|inwestor|finansowan|kapitał zakładowy",
            r"pracownik|zatrudn|milion|mln|mld|złot|euro",
        ),
    },
    "news": {
        "de": (
            r"eröffn|neuer standort|neue (?:filiale|fabrik|halle)|stellenangebot|wir suchen|karriere"
            r"|auszeichnung|preis\b|vorgestellt|kündigt an",
            r"aktuell|neuigkeit|presse|partnerschaft|auftrag|erweiter|januar|februar|märz|oktober|dezember",
        ),
        "fr": (
            r"ouvre|ouverture|ouvert en|recrut|nous recherchons|lance\b|lancement|inaugur|remport|annonce",
            r"actualité|presse|partenariat|contrat|agrandi|janvier|février|juillet|décembre",
        ),
        "es": (
            r"abre\b|abrió|apertura|inaugur|contrata|buscamos|lanza|gana\b|anuncia|premio",
            r"actualidad|noticia|prensa|alianza|contrato|ampli|enero|febrero|julio|diciembre",
        ),
        "it": (
            r"apre\b|apertura|inaugur|assum|cerchiamo|lancia|vince|annuncia|premio",
            r"notizie|novità|stampa|collaborazion|contratto|ampli|gennaio|febbraio|luglio|dicembre",
        ),
        "nl": (
            r"opent|geopend|opening|vacature|wij zoeken|lanceert|wint\b|kondigt|prijs",
            r"nieuws|pers\b|samenwerking|contract|uitbreid|januari|februari|maart|oktober",
        ),
        "fi": (
            r"avaa|avasi|avajai|rekrytoi|avoimet työpaikat|haemme|julkais|lanseera|voitti|palkin",
            r"uutis|tiedote|ajankohtais|kumppanuu|sopimu|laajen|tammikuu|helmikuu|joulukuu",
        ),
        "sv": (
            r"öppnar|öppnade|invig|lediga jobb|vi söker|rekryter|lanserar|vinner|vann|tillkännag",
            r"nyheter|press|samarbete|avtal|expander|januari|februari|oktober|december",
        ),
        "pt": (
            r"abre\b|abriu|abertura|inaugur|contrata|procuramos|lança|ganh|anuncia|prémio|prêmio",
            r"notícia|imprensa|parceria|contrato|ampli|janeiro|fevereiro|julho|dezembro",
        ),
        "pl": (
            r"otwier|otworzył|otwarci|rekrutac|szukamy|oferty pracy|wprowadz|wygra|ogłasza|nagrod",
            r"aktualnoś|prasa|współprac|umow|rozbudow|stycz|lut|lip|grud",
        ),
    },
    "risks": {
        "de": (
            r"risik|insolven|klage|gericht|bußgeld|rückruf|ermittl|liquidation|konkurs",
            r"entlass|schließ|abhängig|warnung|beschwerde|verstoß",
        ),
        "fr": (
            r"risque|redressement|liquidation|tribunal|procès|amende|rappel de|enquête|faillite",
            r"licenci|fermeture|dépend|avertissement|plainte|litige",
        ),
        "es": (
            r"riesgo|insolven|concurso de acreedores|tribunal|demanda judicial|multa|retirada de"
            r"|investigación|quiebra",
            r"despid|cierre|depend|advertencia|queja|litigio",
        ),
        "it": (
            r"rischi|insolven|fallimento|tribunale|multa|richiamo|indagin|liquidazion|causa legale",
            r"licenzi|chiusura|dipend|avviso|reclam|contenzios",
        ),
        "nl": (
            r"risico|faillis|rechtbank|rechtszaak|boete|terugroep|onderzoek|surseance",
            r"ontslag|sluiting|afhankelijk|waarschuwing|klacht|geschil",
        ),
        "fi": (
            r"riski|konkurssi|oikeu|sakko|takaisinveto|tutkin|selvitystila|saneerau",
            r"irtisano|lomautu|sulke|riippuvai|varoitu|valitu",
        ),
        "sv": (
            r"risk|konkurs|domstol|rättegång|böter|återkall|utredning|likvidation",
            r"uppsäg|varsel|stäng|beroende|varning|klagomål",
        ),
        "pt": (
            r"risco|insolvên|falência|tribunal|processo judicial|multa|recolha|investigação"
            r"|recuperação judicial",
            r"despedi|encerra|depend|aviso|queixa|litígio",
        ),
        "pl": (
            r"ryzyk|upadłoś|sąd\b|pozew|kara\b|grzywn|wycofan|śledztw|likwidac",
            r"zwolni|zamkni|zależn|ostrzeżen|skarg|spór",
        ),
    },
}
PAGES = {
    "overview": (
        "ueber-uns|uber-uns|über|unternehmen|a-propos|apropos|qui-sommes|nosotros|quienes|chi-siamo"
        "|azienda|over-ons|yritys|tietoa|om-oss|sobre|o-nas|firma"
    ),
    "products": (
        "produkt|leistung|produit|prestation|producto|servicio|prodott|servizi|dienst|tuotte|palvelu"
        "|tjanst|servico|uslug|oferta"
    ),
    "leadership": (
        "geschaeftsfuehr|vorstand|impressum|equipe|direction|equipo|squadra|directie|johto|hallitus"
        "|ledning|styrelse|equipa|zarzad|zespol"
    ),
    "market": "kunden|referenz|clients|clientes|clienti|klanten|asiakka|kunder|klienci",
    "competitors": "vergleich|comparatif|comparativa|confronto|vergelijk|vertailu",
    "financials": (
        "geschaeftsbericht|finanzen|chiffres|resultats|resultados|bilancio|jaarverslag|vuosikertomus"
        "|arsredovisning|raport"
    ),
    "news": (
        "aktuell|neuigkeit|presse|karriere|stellen|actualite|recrut|noticia|empleo|notizie|lavora|nieuws"
        "|vacature|uutis|ajankohtais|nyheter|jobb|aktualnosci|praca"
    ),
    "risks": "recht|juridique|avviso|oikeud|juridi",
}
"""What URLs and titles of pages on a section contain in these languages."""


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + words.replace(" ", r"\s") + ")", re.IGNORECASE)


TERMS: dict[str, dict[str, tuple[tuple[re.Pattern[str], float], ...]]] = {
    section: {
        language: ((_pattern(strong), STRONG), (_pattern(weak), WEAK)) for language, (strong, weak) in words.items()
    }
    for section, words in _WORDS.items()
}
"""Patterns with their weights, by section and language."""
