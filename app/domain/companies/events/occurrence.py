"""Tell what happened from what did not: negations, plans, hypotheses, and money that is somebody else's."""

from __future__ import annotations

import re

MIN_AMOUNT = 50_000
"""A company that raises less, from no investor, collects for a good cause."""
MAX_SCOPE_CHARACTERS = 90
_WORDS = r"(?:[^\w\s]*\s+[\w'$£€.,-]++)"  # possessive: a comma could belong to the word or stand behind it
_NEGATION = re.compile(
    r"(?:\b(?:no(?! (?:doubt|wonder|surprise))|not(?! only)|never|none|nobody|neither|nor|without|cannot|zero|hardly"
    r"|den(?:y|ies|ied|ying)|fail(?:s|ed)?\s+to|(?:yet|unable|refus\w{1,4}|declin\w{1,4})\s+to|stop(?:s|ped)?|ceased?"
    r"|paus(?:e|es|ed)|abandon\w{0,3}|cancel\w{0,5}|scrapp?\w{0,3}|shelv\w{1,3}|postpon\w{1,3}|delay\w{0,3}|rumou?r\w{0,3}"
    r"|alleg\w{1,5}|reportedly|speculat\w{1,5}|fals\w{1,3}|untrue|instead\s+of|rather\s+than|unlikely|too\s+\w+)\b|n't\b)"
    rf"{_WORDS}{{0,8}}\s*$",
    re.IGNORECASE,
)
_CALLED_OFF = re.compile(
    r"\b(?:was|were|been|is|are)\s+(?:later\s+|then\s+|now\s+)?(?:abandoned|cancell?ed|scrapped|shelved"
    r"|called off|blocked"
    r"|withdrawn|postponed|rejected|denied|untrue|false|delayed|on hold)\b|\b(?:fell through|collapsed)\b"
    r"|\bis a rumou?r\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"(?:\b(?:plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|intention|aim(?:s|ed|ing)?|hop(?:es?|ed|ing)|want(?:s|ed)?|wish(?:es)?"
    r"|seek(?:s|ing)?|look(?:s|ing)?\s+(?:to|at|forward)|expect(?:s|ed|ing)?|set\s+to|due\s+to|about\s+to|ready\s+to|bid"
    r"|propos(?:es?|ed|al)|consider(?:s|ed|ing)?|talks|agree(?:s|d)?\s+to|prepar(?:es?|ed|ing)|schedul\w{1,3}|slated"
    r"|poised|on\s+track|target(?:s|ing)?|goal|would\s+like|(?:in|over)\s+the\s+coming|ambitions?|dreams?|try(?:ing)?)\b"
    rf"{_WORDS}{{0,7}}|\b(?:will|would|could|may|might|shall|can|should|must)\b{_WORDS}{{0,4}}|'ll\b{_WORDS}{{0,3}}"
    r"|\bto(?:\s+(?:be|also|\w+ly|help|further|support))?)\s*$",
    re.IGNORECASE,
)
_HYPOTHESIS = re.compile(
    r"^\W*(?:how|why|what|when|where|whether|should|could|would|if|unless|once|imagine|suppose|tips?|guides?|ways"
    r"|\d+\s+(?:ways|tips|reasons|steps|things|signs)|(?:are|is|do|does|did|have|has|can)\s+(?:you|your|it)\b)\b"
    r"|\b(?:if|unless|whether)\b.{0,60}$",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"(?:,|;|(?<!rumour)(?<!rumor)(?<!false)(?<!untrue)(?<!denied)(?<!myth):|\b(?:and|but|while|then))\s", re.IGNORECASE
)
_NEGATED_OBJECT = re.compile(r"^\s+(?:\w+ly\s+)?(?:no|none|not|neither|nothing|nobody)\b", re.IGNORECASE)
_NEARLY = re.compile(r"\b(?:almost|nearly|all but)\s*$", re.IGNORECASE)
_INVENTED = re.compile(r"^\W*(?:april fools?|fiction|satire|joke|myth|false|fake news|rumou?rs?)\b", re.IGNORECASE)
_HELP = re.compile(r"\b(?:help|let|mak|enabl|allow|assist|support)(?:s|ed|ing|es|e)?\b[^.;]{0,50}$", re.IGNORECASE)
_BARE = re.compile(r"(?:open|raise|secure|close|acquire|expand|enter|launch|appoint|name|hire|join|merge|buy)$", re.I)
_GOOD_CAUSE = re.compile(
    r"\bcharit|\bdonat|\bfundrais|\bhospices?\b|\bcancer\b|\bappeal\b|\braffle|\bmarathon|\bbake sale|\bgood causes?\b"
    r"|\bin aid of\b|\bfood ?bank|\bsponsored (?:walk|run|swim|ride)|\brelief fund|\borphan|\bred cross\b|\bunicef\b"
    r"|\bmovember\b|\bchildren in need\b|\bscholarship|\btoy drive|\bauction|\bnon-?profits?\b|\bgood cause"
    r"|\bgala\b|\bfun run\b|\bquiz night|\blifeboats?\b|\bair ambulance|\bcharity|\bmemorial\b",
    re.IGNORECASE,
)
_BENEFICIARY = re.compile(
    r"\bfor (?:the |our |a |an |your |their )?(?:local |nearby )?(?:[\w'’-]+ ){0,2}(?:hospitals?|shelters?|schools?"
    r"|church(?:es)?|librar(?:y|ies)|communit(?:y|ies)|families|victims|refugees|homeless|children)\b",
    re.IGNORECASE,
)
_COLLECTORS = re.compile(
    r"\b(?:staff|employees|colleagues|volunteers|apprentices|pupils|students|fans|supporters|walkers|runners|cyclists)"
    r"\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
"""People whose collections are for others."""
_CAUSE_NAMED = re.compile(
    r"\bfor (?!(?:the |our |its |a |an |their )?(?:[\w-]+ ){0,2}?(?:expansion|growth|development|research|production"
    r"|products?|factor(?:y|ies)|plants?|launch|rollout|roll-out|scaling|hiring|marketing|technology|platform|business"
    r"|company|working capital|capacity|investments?|acquisitions?|international|global|construction|equipment"
    r"|machines?|stake|shares?|equity)\b)(?:the|our local|local|sick|disabled|young|homeless)\s",
    re.IGNORECASE,
)
MAX_GIFT = 1_000_000
"""More than that, raised for schools or hospitals, is rather capital for products that they buy."""
_INVESTORS = re.compile(
    r"\b(?:series [A-H]\d?|(?:pre-)?seed|venture|investors?|(?:funding|financing|investment|growth|equity) round"
    r"|round of (?:funding|financing|investment)|venture capital|private equity|investment from|funding from)\b",
    re.IGNORECASE,
)
_FOR_OTHERS = re.compile(
    r"\b(?:for|of|from|by|with)\s+(?:(?:our|their|its|his|her|your|other|local|many|several|the|all|\d+)\s+){0,2}"
    r"(?:[\w-]+\s)?(?:customers?|clients?|members?|users?|home\s?owners?|sellers?|borrowers?|students?|patients?"
    r"|portfolio companies|startups|others)\b"
    r"|\bin (?:[\w-]+ )?(?:deals|sales|revenues?|orders|contracts?|business|savings|damages|bookings|claims|tips|taxes"
    r"|fines|loans|grants to)\b",
    re.IGNORECASE,
)
_NOT_MONEY = re.compile(
    r"^\W*(?:(?:its|our|their|the|his|her|my|a|an|all|some|new|serious|minimum|full-year|annual|hourly|interest|entry"
    r"|average|starting)\s+){0,4}(?:prices?|wages?|salar\w+|pay|fees?|rates?|rents?|tariffs?|awareness|standards?|concerns?"
    r"|questions?|bar|roof|expectations|guidance|forecasts?|outlook|dividends?|targets?|stakes?|limits?|deposit|voices?"
    r"|hands?|children|flag|profile|estimate|offer|bid|retirement|age|temperature|contribution)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"(?:(?:US|A|C|AU|NZ|HK|S)?[£$€¥]|\b(?:USD|EUR|GBP|CHF|AUD|CAD)\s)\s?(?P<number>\d[\d,.]{0,15})"
    r"\s?-?(?P<scale>k\b|thousand|m\b|mn\b|mio\b|million|bn\b|b\b|billion)?"
    r"|\b(?P<number2>\d[\d,.]{0,15})\s?(?P<scale2>k\b|thousand|m\b|mn\b|million|bn\b|billion)?\s?"
    r"(?:dollars|euros?|pounds|USD|EUR|GBP|CHF|francs|kronor|rupees)\b",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}


def happened(text: str, start: int, end: int) -> bool:
    """Return whether what stands at `text[start:end]` is stated to have happened: not denied, planned or supposed."""
    before = text[:start]
    if text.rstrip().endswith("?") or _HYPOTHESIS.search(before or text[:1]) or _HYPOTHESIS.match(text):
        return False
    if _NEGATED_OBJECT.match(text[end:]) or _NEARLY.search(before) or _INVENTED.match(text):
        return False
    is_bare = _BARE.match(text[start:end]) is not None
    if is_bare and _HELP.search(before):
        return False  # somebody else does it
    if not is_bare:
        joins = [match.end() for match in _JOIN.finditer(before)]
        before = before[joins[-1] :] if joins else before
    scope = before[-MAX_SCOPE_CHARACTERS:]
    return not (_NEGATION.search(scope) or _PLAN.search(scope) or _CALLED_OFF.search(text, end))


def is_own_money(text: str, start: int, end: int) -> bool:
    """Return whether the money that a verb at `text[start:end]` raises is the company's own, and capital."""
    rest = text[end:]
    if _NOT_MONEY.match(rest) or _FOR_OTHERS.search(rest[:160]):
        return False
    has_investors = bool(_INVESTORS.search(text))
    if _COLLECTORS.search(text[:start]) and not has_investors:
        return False
    if _GOOD_CAUSE.search(text) and not (has_investors and "charit" not in text.lower()):
        return False
    amount = amount_in(rest)
    is_for_others = _BENEFICIARY.search(text) or _CAUSE_NAMED.search(rest)
    if is_for_others and not has_investors and (amount is None or amount < MAX_GIFT):
        return False
    return has_investors or amount is None or amount >= MIN_AMOUNT


def amount_in(text: str) -> float | None:
    """Return the largest amount of money in a text; None if there is none."""
    found = []
    for match in AMOUNT.finditer(text):
        number = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", match["number"] or match["number2"]).replace(",", ".").rstrip(".")
        scale = (match["scale"] or match["scale2"] or "").lower()
        try:
            found.append(float(number) * _SCALES.get(scale[:1], 1.0))
        except ValueError:
            continue
    return max(found, default=None)
