"""The parts of a sentence as tokens: subject, predicates that "and" joins, asides, and what stands before it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.companies.research.synonyms import verb_form
from app.domain.companies.research.wording import COMPANY, Token
from app.domain.companies.research.words import listed

Tokens = list[Token]
PUNCTUATION = frozenset(",;:()")
RELATIVE = listed("which who whose where")
PARTICIPLES = {
    **dict.fromkeys(("based", "headquartered", "located", "owned", "led", "backed", "known", "run", "managed"), "is"),
    **dict.fromkeys(("founded", "established", "incorporated"), "was"),
}
"""Participles that begin a statement about what they stand beside, with the verb that it needs."""
SCOPES = listed("some part half many several one two three in for of")
"""Words that, left out before a quotation, make a part the whole."""
QUALIFIERS = listed(
    """
    not no never neither nor none hardly barely without only but however although though unless if whether until till
    once before after while except excluding unlike would could may might should will shall can must plan aim hope
    expect consider propos intend seek talks subject pending according reportedly allegedly possibly perhaps probably
    likely later then subsequently formerly previously former used almost nearly up than so yet despite instead
    nicht kein keine keinen nie ohne nur falls ne pas jamais sans si nunca sin solo
    """
)
"""Keys of words that can change what other parts of their sentence say."""
PREPOSITIONS = listed(
    """
    in on at since during from until by between for within throughout im am seit ab von en depuis dès desde hasta
    """
)
MODALS = listed("will would can could may might should shall must")
AND = frozenset({"and", "und", "et", "y"})
REPORTING = listed("say tell report claim believ think expect writ suggest estimat predict warn argu alleg")
"""Keys of verbs that attribute what stands before them: ", say critics"."""
BE = frozenset({"is", "was"})
FOREIGN_VERBS = listed(
    """
    hat haben ist sind wurde wurden wird betreibt beschaftigt produziert erzielte erzielt betrug fertigt liefert
    beliefert verkauft eroffnete ubernahm est sont fut emploie possede tiene tienen fue es son
    """
)


def split_adjunct(sentence: Tokens) -> tuple[Tokens, Tokens]:
    """Return a sentence without the adjunct at its beginning ("In May 2024, …"), and that adjunct."""
    if not sentence or sentence[0].key not in PREPOSITIONS:
        return sentence, []
    end = next((place for place, token in enumerate(sentence) if token.key == ","), None)
    if end is not None and end <= 6:
        return sentence[end + 1 :], sentence[:end]
    if len(sentence) > 2 and sentence[1].date:
        return sentence[2:], sentence[:2]
    return sentence, []


def split_parts(sentence: Tokens) -> list[Tokens]:
    """Return the parts between punctuation marks."""
    parts: list[Tokens] = [[]]
    for token in sentence:
        if token.key in PUNCTUATION:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part] or [[]]


def is_finite(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a token is a verb of its own: not a noun after an article, not part of "to open"."""
    token = tokens[place]
    if token.key in BE or token.key in ("hav", "do") or token.key in MODALS or token.key in FOREIGN_VERBS:
        return True
    before = tokens[place - 1] if place else None
    return token.form in ("past", "present") and not (
        before is not None and before.key in ("a", "an", "the", "to", "its", "our", "their", "of", "in", "for", "new")
    )


def subject_of(clause: Tokens) -> Tokens:
    """Return what stands before the first verb; empty if there is no verb or no subject."""
    if clause and (clause[0].key in BE or clause[0].key == "hav"):
        return []
    for place in range(1, len(clause)):
        if is_finite(clause, place):
            return clause[:place]
    return []


def _is_aside(part: Tokens) -> bool:
    first = part[0]
    return (
        first.key in RELATIVE
        or first.surface in PARTICIPLES
        or not any(is_finite(part, place) for place in range(len(part)))
    )


def _asides(sentence: Tokens) -> list[int]:
    """Return the places of the parts that only describe the subject: those between it and its verb."""
    parts = split_parts(sentence)
    found = []
    for place in range(1, len(parts) - 1):
        if not _is_aside(parts[place]):
            break
        found.append(place)
    if found:
        following = parts[found[-1] + 1]
        if not subject_of(parts[0]) and following and is_finite(following, 0):
            return found
        return []
    last = parts[-1]
    if len(parts) == 2 and (last[0].key in RELATIVE or last[0].surface in PARTICIPLES):
        return [1]
    return []


def asides_of(sentence: Tokens) -> list[Tokens]:
    parts = split_parts(sentence)
    return [parts[place] for place in _asides(sentence)] if len(parts) > 2 else []


def without_asides(sentence: Tokens) -> Tokens | None:
    asides = _asides(sentence)
    if not asides:
        return None
    return [token for place, part in enumerate(split_parts(sentence)) if place not in asides for token in part]


def coordinated(predicate: Tokens) -> list[Tokens]:
    """Return the predicates that "and" joins, each with its own verb."""
    parts: list[Tokens] = [[]]
    for place, token in enumerate(predicate):
        rest = [other for other in predicate[place + 1 : place + 4] if other.key not in PUNCTUATION]
        if token.key in AND:
            is_border = bool(rest) and is_finite(rest, 1 if rest[0].key == COMPANY and len(rest) > 1 else 0)
        else:
            is_border = token.key in PUNCTUATION and bool(rest) and is_finite(predicate, place + 1)
            is_border = is_border and rest[0].key not in REPORTING
        if is_border:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def word_token(word: str) -> Token:
    verb = verb_form(word)
    return Token(verb[0], verb[1], word) if verb else Token(word, surface=word)


def is_past(token: Token) -> bool:
    """Return whether a token is a participle or a past form, also of a verb that is not known."""
    return token.form == "past" or (not token.form and len(token.surface) > 4 and token.surface.endswith("ed"))
