"""Words of other languages than English for the sections on how a company fares: strong ones and weak ones.

They are beginnings of words, by section and language; a space stands for any white space.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, tuple[str, str]]] = {
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
