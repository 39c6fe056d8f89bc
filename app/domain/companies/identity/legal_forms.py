"""Legal forms in the names of companies, and the countries that know them."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.domain.companies.research.normalization import folded

_FORMS = {
    "ltd": ("ltd limited", "gb ie in hk nz ng ke gh mt cy il pk bd lk ca us"),
    "plc": ("plc", "gb ie ng mt cy"),
    "llp": ("llp", "gb us in sg ca"),
    "cic": ("cic", "gb"),
    "dac": ("dac clg", "ie"),
    "pty ltd": ("pty_ltd pty_limited proprietary_limited pty", "au za"),
    "pvt ltd": ("pvt_ltd private_limited pvt_limited pvt", "in pk bd lk np"),
    "pte ltd": ("pte_ltd pte_limited pte", "sg"),
    "co ltd": ("co_ltd co_limited company_limited", "cn jp kr tw th hk gb"),
    "bhd": ("sdn_bhd bhd", "my"),
    "inc": ("inc incorporated", "us ca ph"),
    "corp": ("corp corporation", "us ca ph"),
    "llc": ("llc l_l_c pllc", "us ae"),
    "lp": ("lp l_p", "us ca gb"),
    "co": ("co company", ""),
    "gmbh": ("gmbh ggmbh mbh", "de at ch"),
    "gmbh & co kg": ("gmbh_and_co_kg gmbh_co_kg gmbh_and_co_kgaa", "de at"),
    "ug": ("ug ug_haftungsbeschrankt", "de"),
    "ag": ("ag", "de at ch li"),
    "kg": ("kg kgaa ohg", "de at"),
    "ek": ("ek e_k e_kfm", "de"),
    "ev": ("ev e_v", "de at"),
    "gbr": ("gbr", "de"),
    "eg": ("eg e_g", "de"),
    "se": ("se", ""),
    "sarl": ("sarl s_a_r_l eurl", "fr lu ch be ma tn ca"),
    "sas": ("sas sasu", "fr co"),
    "sa": ("sa s_a", "fr be ch lu es pt gr ar pl br mx pe cl"),
    "srl": ("srl s_r_l srls", "it ro be ar mx bo py"),
    "spa": ("spa s_p_a", "it cl"),
    "sl": ("sl slu s_l s_l_u", "es"),
    "sa de cv": ("sa_de_cv s_a_de_c_v s_de_rl_de_cv", "mx"),
    "ltda": ("ltda limitada eireli", "br co cl ec bo"),
    "lda": ("lda", "pt ao mz"),
    "bv": ("bv b_v bvba", "nl be"),
    "nv": ("nv n_v", "nl be"),
    "vof": ("vof v_o_f", "nl be"),
    "ab": ("ab publ_ab", "se fi"),
    "oy": ("oy oyj", "fi"),
    "as": ("as a_s asa aps a_s", "no dk cz sk ee tr"),
    "ehf": ("ehf hf", "is"),
    "sp z oo": ("sp_z_oo sp_z_o_o spolka_z_oo", "pl"),
    "sro": ("sro s_r_o spol_s_ro", "cz sk"),
    "kft": ("kft zrt nyrt", "hu"),
    "doo": ("doo d_o_o", "hr rs si ba me mk"),
    "ood": ("ood eood ead", "bg"),
    "ou": ("ou", "ee"),
    "uab": ("uab", "lt"),
    "sia": ("sia", "lv"),
    "kk": ("kk k_k kabushiki_kaisha", "jp"),
    "ooo": ("ooo oao zao pao", "ru by kz"),
    "tov": ("tov", "ua"),
    "tbk": ("tbk", "id"),
    "ltee": ("ltee", "ca"),
}
"""By form: its spellings, words joined by `_`, and its countries; none if many countries know it."""
_SPELLINGS = {
    tuple(spelling.split("_")): form for form, (spellings, _) in _FORMS.items() for spelling in spellings.split()
}
_MAX_WORDS = max(map(len, _SPELLINGS))
_LEADING = frozenset({"uab", "sia", "ooo", "oao", "zao", "tov", "ab", "oy", "pt"})
"""Forms that some languages put before the name."""
_WORD = re.compile(r"[^\W_]+")


class SplitName(NamedTuple):
    """A company's name without its legal form."""

    words: tuple[str, ...]
    """Folded, without a leading "the"."""
    form: str | None
    """The legal form, such as `ltd`; None if the name has none."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a name: without accents, case, apostrophes and punctuation; `&` is `and`."""
    return tuple(_WORD.findall(folded(text).replace("&", " and ").replace("'", "")))


def split_legal_form(name: str) -> SplitName:
    """Split a name: "Summit Plumbing, Inc." into (summit, plumbing) and inc. A name that is only a form keeps it."""
    words = words_of(name)
    words = words[1:] if words[:1] == ("the",) and len(words) > 1 else words
    for count in range(min(_MAX_WORDS, len(words) - 1), 0, -1):
        form = _SPELLINGS.get(words[-count:])
        if form is not None:
            return SplitName(words[:-count], form)
    if len(words) > 1 and words[0] in _LEADING:
        return SplitName(words[1:], words[0])
    return SplitName(words, None)


def form_after(text: str) -> str | None:
    """Return the legal form that a text begins with, such as that behind a name in a sentence; None if it has none."""
    words = words_of(text[:40])
    for count in range(min(_MAX_WORDS, len(words)), 0, -1):
        form = _SPELLINGS.get(words[:count])
        if form is not None and _begins_capitalized(text):
            return form
    return None


def _begins_capitalized(text: str) -> bool:
    first = re.search(r"[^\W\d_]", text)
    return first is not None and first[0].isupper()


def are_compatible(one: str | None, other: str | None) -> bool:
    """Return whether two names can be of one company: forms that are missing or say little fit any."""
    weak = (None, "co", "se")
    return one in weak or other in weak or one == other


def fits_country(form: str | None, country: str) -> bool:
    """Return whether a country (ISO 3166-1 alpha-2 in lower case) has a legal form."""
    countries = _FORMS[form][1].split() if form in _FORMS else []
    return not countries or country in countries


def countries_of(form: str | None) -> tuple[str, ...]:
    """Return the countries that have a legal form; empty if many have it."""
    return tuple(_FORMS[form][1].split()) if form in _FORMS else ()
