"""English words that say the same in reports on companies, and the forms of verbs.

The tables are short on purpose: a claim with a word that is not in its quotation and not listed here is replaced by the
quotation, which is never wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.domain.companies.research.words import listed

_SAME_VERBS = (
    "acquire buy purchase", "found establish", "rise increase grow climb", "fall decrease decline drop",
    "make manufacture produce", "launch introduce release", "hire recruit", "dismiss fire", "appoint name",
    "provide supply", "build construct", "plan intend", "run operate", "inaugurate open", "begin start",
    "relocate move", "unveil present", "head lead",
)  # fmt: skip
_OTHER_VERBS = listed(
    """
    accept achieve add admit advise agree announce apply approve ask attract award bake base borrow brew bring
    cancel care carry choose collect come complain complete confirm consider consist contain continue contribute
    cover create deal define deliver deny design develop distribute divide do double earn employ enable end enter
    expand expect export extend feature file finance finish focus form generate give go grant handle have help hold
    host import improve include install invest issue join keep know lay lease leave lend license list lose maintain
    manage market meet merge mine move need obtain offer order organise organize own pack pay perform prepare
    publish raise reach receive reduce renew rent repair replace report represent resign retain return save say see
    sell send serve settle ship show sign speak specialise specialize spend sponsor stand struggle succeed sue
    supply support suspend take teach tell trade train transport treat use want win work write acquire advertise
    assemble audit breed bottle certify consult convert cultivate decorate dig dye engineer equip fabricate farm fit
    forge fund grind harvest insure knit mill mould operate paint print process recycle refine restore roast sew
    source test translate weave
    """
)
_IRREGULAR = """
    begin began begun; bring brought; build built; buy bought; choose chose chosen; come came; deal dealt; do did
    done; fall fell fallen; get got; give gave given; go went gone; grow grew grown; have had; hold held; keep kept;
    know knew known; lay laid; lead led; leave left; lend lent; lose lost; make made; mean meant; meet met; pay
    paid; rise rose risen; say said; see saw seen; sell sold; send sent; show shown; sink sank sunk; speak spoke
    spoken; spend spent; stand stood; take took taken; teach taught; tell told; think thought; win won; write wrote
    written; withdraw withdrew withdrawn; dig dug; grind ground; weave wove woven; breed bred; sew sewn
"""
_SAME_NOUNS = (
    "customer client", "revenue turnover", "shop store", "worker employee", "staff workforce", "plant factory",
    "mill", "lorry truck", "aircraft plane",
)  # fmt: skip
_SAME_OTHERS = (
    "around about approximately roughly circa", "nearly almost", "largest biggest", "ceo", "within inside",
    "yearly annually", "annual yearly",
)  # fmt: skip
_PHRASES = (
    (r"chief executive officer|chief executive|C\.E\.O\.", "CEO"),
    (r"chief financial officer|chief finance officer|finance chief", "CFO"),
    (r"chief operating officer", "COO"),
    (r"chief (?:technology|technical) officer", "CTO"),
    (r"chairman|chairwoman|chairperson", "chair"),
    (r"the United Kingdom|the U\.?K\b\.?|Great Britain|United Kingdom|Britain", "UK"),
    (r"the United States of America|the United States|the U\.S\.A?\.?|the USA|United States", "USA"),
    (r"the European Union", "EU"),
    (r"(?:in excess of|more than|over)(?= [£$€]?\d)", "exceeding"),
    (r"(?:fewer than|less than|under)(?= [£$€]?\d)", "below"),
    (r"(?:around|about|approximately|roughly|some|circa|ca\.|c\.)(?= [£$€]?\d)", "about"),
    (r"(?:has|have) (?:its|their|our) (?:headquarters|head office) in", "is based in"),
    (r"headquartered in", "based in"),
    (r"one of the(?= \w+est\b| most\b| largest\b| leading\b| few\b)", "among the"),
    (r"head office|head offices", "headquarters"),
    (r"(?:is|are) planning to", "plans to"),
    (r"took over(?! as\b| from\b)|(?:was|were) the buyer of", "acquired"),
    (r"takes over(?! as\b| from\b)", "acquires"),
    (r"taken over(?! as\b| from\b)", "acquired"),
    (r"does not have any|does not have|doesn't have any|doesn't have", "has no"),
    (r"do not have any|do not have|don't have any|don't have", "have no"),
    (r"did not have any|did not have|didn't have any|didn't have", "had no"),
    (r"cannot|can't", "can not"),
    *(
        (rf"{verb}n't", f"{verb} not")
        for verb in ["is", "are", "was", "were", "does", "do", "did", "has", "have", "had", "would", "could", "should"]
    ),
    (r"won't", "will not"),
    (r"unprofitable", "not profitable"),
    (r"(?:has|have) a (?:staff|workforce) of (?=\d)", "employs "),
    (r"per annum|per year|each year|every year", "a year"),
)
_PHRASE = re.compile(
    "|".join(rf"(?P<p{place}>\b(?:{pattern})(?!\w))" for place, (pattern, _) in enumerate(_PHRASES)), re.IGNORECASE
)
AGENT_NOUNS = {
    "manufacturer": "manufactures", "producer": "produces", "maker": "makes", "provider": "provides",
    "supplier": "supplies", "operator": "operates", "developer": "develops", "distributor": "distributes",
    "seller": "sells", "builder": "builds", "publisher": "publishes", "exporter": "exports", "importer": "imports",
    "owner": "owns", "designer": "designs",
}  # fmt: skip
BE = {"is": "is", "are": "is", "was": "was", "were": "was"}


def unify_phrases(text: str) -> str:
    """Replace phrases by the one that stands for them in comparisons."""
    return _PHRASE.sub(lambda match: _PHRASES[int((match.lastgroup or "p0")[1:])][1], text)


def _base(lemma: str) -> str:
    """Return what all regular forms of a verb share."""
    lemma = lemma.removesuffix("e")
    return lemma[:-1] if len(lemma) > 2 and lemma[-1] == lemma[-2] else lemma


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


_PAST = {
    form: _base(forms.split()[0])
    for forms in _IRREGULAR.split(";")
    for form in forms.split()[1:]
}  # fmt: skip
_GROUPS = {_base(verb): _base(group.split()[0]) for group in _SAME_VERBS for verb in group.split()}
_VERBS = {_base(verb) for verb in _OTHER_VERBS} | set(_GROUPS)
_WORD_GROUPS = {word: group.split()[0] for group in (*_SAME_OTHERS, *_SAME_NOUNS) for word in group.split()} | {
    _plural(word): _plural(group.split()[0]) for group in _SAME_NOUNS for word in group.split()
}


@lru_cache(maxsize=8192)
def verb_form(word: str) -> tuple[str, str] | None:
    """Return the verb that a folded word may be a form of, with `past`, `ing` or `present`; None if no known verb."""
    if word == "has":
        return "hav", "present"
    if word in _PAST:
        return _GROUPS.get(_PAST[word], _PAST[word]), "past"
    for ending, form in (("ied", "past"), ("ed", "past"), ("ing", "ing"), ("ies", "present"), ("es", "present"),
                         ("s", "present"), ("", "present")):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending) + 1:
            base = _base(word[: len(word) - len(ending)] + ("y" if ending in ("ied", "ies") else ""))
            if base in _VERBS and not (ending == "ed" and base in _PAST.values()):
                return _GROUPS.get(base, base), form
    return None


@lru_cache(maxsize=8192)
def unify_word(word: str) -> str:
    """Return the word that stands for a folded word and those that say the same."""
    return BE.get(word) or _WORD_GROUPS.get(word, word)
