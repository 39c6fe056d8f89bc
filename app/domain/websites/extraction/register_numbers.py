"""Numbers that look like telephone numbers and stand beside them: of registers, taxes, licences, accounts."""

from __future__ import annotations

import re

from app.domain.websites.extraction.visible_text import BLOCK, BREAK

MAX_CHARACTERS_BEFORE = 70
"""Read before a number for what it is."""
MAX_CHARACTERS_BETWEEN = 32
MAX_WORDS_BETWEEN = 4
"""Between a label and its number: `RCS Lyon 732 829 320`."""
MAX_CHARACTERS_AFTER = 24
"""Read after a number for what it is."""

# Words in any case, by language. The parts of one line are alternatives.
_NO = r"\s?(?:nos?|nr|numbers?|n[°º]|id|code|\#)"
_WORDS = rf"""
siren|siret|r\.?\s?c\.?\s?s|rcm|tva|num[ée]ro\s(?:de\s)?(?:tva|siret|siren|rna)|intracommunautaire|finess|adeli|rpps|orias
|n°\sd['’]enregistrement|agr[ée]ments?|carte\sprofessionnelle|(?:code\s)?(?:naf|ape)|immatricul\w{{1,10}}|capital(?:\ssocial)?|licences?
|btw(?:[\s-]?n(?:r|ummer))?|bce|kbo|rpr|ondernemingsn(?:r|ummer)|num[ée]ro\sd['’]entreprise|enterprise\sn(?:o|umber)
|kvk|k\.v\.k|kamer\svan\skoophandel|rsin|vestigingsnummer|handelsregister(?:nummer)?|inschrijvingsnummer
|registernummer|register-?nr|registergericht|amtsgericht|genossenschaftsregister|vereinsregister|firmenbuch(?:nummer)?
|ust[\s.-]{{0,2}}id(?:[\s.-]{{0,2}}n(?:r|ummer))?|umsatzsteuer\S{{0,30}}|uid(?:[\s-]n(?:r|ummer))?|steuer-?n(?:r|ummer)|st\.?-?\s?nr|steuer-?id
|finanzamt|betriebsnummer|ik-?n(?:r|ummer)|mwst|mehrwertsteuer|gisa|dvr|weee|lucid|vermittlerregister|aktenzeichen
|konto(?:-?\s?n(?:r|ummer))?|kto|blz|bankleitzahl|iban|bic|swift|sort\scode|bank\saccount|bankverbindung|bankgiro|plusgiro|giro
|kunden-?n(?:r|ummer)|mitglieds-?n(?:r|ummer)|bestell-?n(?:r|ummer)|artikel-?n(?:r|ummer)|rechnungs-?n(?:r|ummer)
|(?:company|companies|business|firm|charity|corporat\w{{1,3}}|organi[sz]ation|trade|society|account|acct|member(?:ship)?|customer|case|docket|order|invoice
|policy|patent|serial|model|part|item|certificate|accreditation|insurance|permit|entity|registry)(?:\s(?:registration|register|reg\.?|house|licen[cs]e))?{_NO}
|companies\shouse|(?:company|business)\sregistration|registered\scharity
|(?:registered|registration|reg\.?|register|incorporation)(?:\s(?:charity|company|trade\smark))?{_NO}
|registered\sin\s(?:england|scotland|wales|ireland|northern\sireland)(?:\s(?:and|&)\swales)?|vat(?:\sreg\w{{0,9}}\.?)?|utr|frn
|licen[cs]e|licen[cs]es|lic|nmls|us\s?dot|fein|tax(?:payer)?(?:\sid)?|duns|d-u-n-s|permit|serial|acct|sku|isbn|issn|gtin
|acn|abn|arbn|afsl?|nzbn|gst(?:in)?|hst|qbcc|bsb|tfn|cricos|neq|rbq|tps|tvq
|n\.?\s?i\.?\s?f|c\.?\s?i\.?\s?f|registro(?:\smercantil|\sde\sturismo)?|tomo|folio|hoja|inscripci[oó]n|colegiad[oa]|seguridad\ssocial
|nipc|contribuinte|matr[ií]cula|rnavt|alvar[aá]|cnpj|cpf|inscri[cç][aã]o(?:\s(?:estadual|municipal))?|creci
|p(?:artita)?\.?\s?iva|cod(?:ice|\.)?\s?fisc(?:ale|\.)?|c\.\s?f|r\.e\.a|cap(?:itale|\.)\ssoc(?:iale|\.)?|codice\s(?:sdi|univoco|destinatario)
|nip|regon|krs|bdo|pesel|rachun\w{{1,4}}|i[čc]o|di[čc]|i[čc]\sdph|sp\.\s?zn
|cvr(?:[\s.-]{{0,2}}n(?:r|ummer))?|se-?nr|p-?n(?:r|ummer)|org(?:anisasjons|anisations)?[\s.]{{0,2}}-?n(?:r|ummer)|foretaksregisteret|mva|momsreg\S{{0,20}}|moms(?:nr)?
|l?y-?tunnus|business\sid|alv|fo-?nummer|ad[óo]sz[áa]m|c[ée]gjegyz[ée]ksz[áa]m|banksz[áa]mla\S{{0,8}}
|nr\.?\s?reg|еик|булстат|αφμ|α\.φ\.μ|γεμη|γ\.ε\.μη|mati[čc]n\w{{1,3}}(?:\s[šs]t\w{{0,6}})?|dav[čc]na|pdv
|инн|огрн(?:ип)?|кпп|окпо|бик|р/с|к/с|єдрпоу|лицензия|свидетельство|vergi(?:\s?no)?|mersis|ticaret\ssicil
|[įi]mon[ėe]s\skodas|pvm|re[ģg]\.?\s?nr|registrikood|kmkr|rfc|cuit|fssai|trade\slicen[cs]e
|备案|注册号|信用代码|许可证|法人番号|登録番号|許可|免許|사업자\s?등록\s?번호|등록번호|통신판매\S{{0,6}}|ח\.?פ|ע\.?מ
|p\.?\s?o\.?\s?box|postfach|ref|reference
"""
# Short names of registers, which are words of some language in lower case.
_ABBREVIATIONS = (
    "HR[AB]|HRG|GnR|VR|PR|FN|RM|RPM|IM|MC|DOT|BN|CRN|CRO|SC|NI|OC|IČ|IC|UBI|EORI|LEI|CIR|CIN|RNA|SIC|CHE|AMI|EIN|TIN|ROC|DRE"
    "|CCB|CSLB|BRE|NPI|CAGE|ICO|FCA|ACL|RTO|AGB|CUI|PIB|MBS|OIB|NIE|DNI|RUT|NIT|RUC|RIF|PAN|UEN|TRN|ICP|REA|OAB|UPC|EAN|SE"
)
# What makes any word a number's name: No., Nr., number. Alone it is nothing.
_NUMBER_WORDS = r"no|nos|nr|n[°º]|№|num(?:ber|[ée]ro|ero)?|núm|nummer|nro|č|id|code|codice|#"
_REGISTER = re.compile(
    rf"(?<![^\W_])(?i:{_WORDS.replace(chr(10), '')})(?![^\W_])|(?<![^\W_])(?:{_ABBREVIATIONS})(?![^\W_])"
)
_PHONE = re.compile(
    r"(?<![^\W\d_])(?:tele(?:phone|fon\w{0,2}|fax)?|t[ée]l(?:[ée]phone|[ée]fono)?|telf|tlf|tfno|fon|phone|ph|call|cell|mob(?:ile|il|iel)?|movil|móvil"
    r"|portable|gsm|handy|natel|hotline|helpline|helpdesk|landline|whatsapp|sms|text|fax|puh(?:elin)?|tel[eé]fon[oae]?|telefon[ei]?|telemóvel"
    r"|telemovel|celular|cellulare|kom[óo]rk\w{1,3}|тел(?:ефон)?|факс|моб|τηλ(?:έφωνο)?|φαξ|電話|電話番号|电话|传真|手机|전화|팩스|هاتف|טלפון"
    r"|customer\sservices?|support|service|office|reception|emergency|reservations?|bookings?|enquiries|inquiries|freephone|toll[\s-]?free"
    r"|numero\sverde|rufen|anrufen|appelez|ligue|chiama|bel|ring|dial|contact(?:\sus)?|kontakt|m|t|p|f)(?![^\W\d_])",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s\x1e\x1f]{0,3}[(–-]?\s{0,2}(?:R\.?C\.?S|RM|KvK|BTW|SIRE[NT]|TVA|HR[AB]|MwSt|MVA|VAT|moms|REA|NIP|REGON|euros?\b|EUR\b|€|\$|£|CHF\b|kr\b|zł|Kč|Ft\b|USD\b)"
)
_NUMBER_WORD = re.compile(rf"(?<![^\W_])(?:{_NUMBER_WORDS})[\s.:]{{0,4}}$", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\. ?){2,6}")  # A.C.N.
_WORD = re.compile(r"[^\W_]+")
_CONSUMED = re.compile(r"\d{5}|\d{3}[\s.,;|/•·)-]{0,3}[\x1e,;|•·]|\d{3}[^\d\x1f]{0,3}\x1e")


def is_register_number(number: str, before: str, after: str, country: str) -> bool:
    """Return whether a number in a text is one of a register, a licence or an account, and no telephone number.

    The nearest word before it decides. `country` is ISO 3166-1 alpha-2 in upper case.
    """
    before = _DOTTED.sub(
        lambda match: match[0].replace(".", "").replace(" ", "") + " ", before[-MAX_CHARACTERS_BEFORE:]
    )
    if _AFTER.match(after[:MAX_CHARACTERS_AFTER]):
        return True
    phone = _last(_PHONE, before)
    register = _last(_REGISTER, before)
    if register is not None and not _is_label(before[register:]):
        register = None
    if register is not None:
        return phone is None or register >= phone
    if phone is not None:
        return False
    if country == "BE" and re.fullmatch(r"[01]\d{3}[. ]\d{3}[. ]\d{3}", number.strip()):
        return True
    return _NUMBER_WORD.search(before.rstrip(f"{BREAK}{BLOCK} ")) is not None


def _is_label(between: str) -> bool:
    """Return whether a word followed by this text is the label of the number after it."""
    if _CONSUMED.search(between) or len(between) > MAX_CHARACTERS_BETWEEN or between.count(BLOCK) > 1:
        return False  # its own number stands between, or other words
    return len(_WORD.findall(between)) <= MAX_WORDS_BETWEEN


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    """Return where the last match of a pattern ends."""
    end = None
    for match in pattern.finditer(text):
        end = match.end()
    return end
