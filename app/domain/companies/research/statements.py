"""The statements that a sentence makes, as sequences of tokens that can be compared.

"Founded in 1987, Acme makes hats and sold its mill" states that Acme was founded in 1987, that it makes hats, and that
it sold its mill. A part of a sentence is a statement of its own only if nothing else in the sentence can change what it
says: a condition, a doubt, a denial, a place or a time that stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.domain.companies.research.synonyms import AGENT_NOUNS, unify_word, verb_form
from app.domain.companies.research.wording import COMPANY, Token, kept
from app.domain.companies.research.words import listed

Tokens = list[Token]
PUNCTUATION = frozenset(",;:()")
RELATIVE = listed("which who whose")
PARTICIPLES = {
    **dict.fromkeys(("based", "headquartered", "located", "owned", "led", "backed", "known", "run", "managed"), "is"),
    **dict.fromkeys(("founded", "established", "incorporated"), "was"),
}
"""Participles that begin a statement about what they stand beside, with the verb that it needs."""
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
SCOPES = listed("some part half many several one two three in for of")
"""Words that, left out before a quotation, make a part the whole."""
PREPOSITIONS = listed(
    """
    in on at since during from until by between for within throughout im am seit ab von en depuis dès desde hasta
    """
)
DATING = listed("in on at im am en")
OMISSIBLE = listed(
    """
    leading renowned innovative independent modern dedicated experienced trusted well-known family-owned reliable
    award-winning proud proudly successful unique specialist dynamic global currently
    """
)
"""Words that a claim may leave out, but not add."""
MODALS = listed("will would can could may might should shall must")
AND = frozenset({"and", "und", "et", "y"})
FIXED = listed("all every each both any only most many some alle tous toutes todos todas and und et y but or , than")
"""Words on whose side of a negation it depends what is denied."""
REPORTING = listed("say tell report claim believ think expect writ suggest estimat predict warn argu alleg")
"""Keys of verbs that attribute what stands before them: ", say critics"."""
BE = frozenset({"is", "was"})
FOREIGN_VERBS = listed(
    """
    hat haben ist sind wurde wurden wird betreibt beschaftigt produziert erzielte erzielt betrug fertigt liefert
    beliefert verkauft eroffnete ubernahm est sont fut emploie possede tiene tienen fue es son
    """
)
CHANGES = listed("ris fal reduc cut expand improv")
"""Keys of verbs after which "by" stands before a figure."""
EMPLOYEES = Token(unify_word("employees"), surface="employees")
SUBORDINATE = listed("to of in on at for from by with as than and or")


def states(claim: Tokens, sentence: Tokens) -> bool:
    """Return whether the sentence makes the statement of the claim: the same, in the same roles, and nothing less."""
    claims = [_canonical(*_fronted(claim))]
    words = {token.surface for token in claim}
    sentence = [token for token in sentence if token.surface not in OMISSIBLE or token.surface in words]
    return any(
        _equal(wanted, found)
        for statement in _statements(sentence)
        for found in _readings(*statement)
        for wanted in (*claims, *_active(claims[0]))
    )


def _statements(sentence: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    """Yield each statement, with the adjunct that stands before it."""
    body, fronted = _fronted(sentence)
    yield body, fronted
    if any(token.key in QUALIFIERS for token in sentence):
        core = _without_asides(body)
        if core is not None and not any(token.key in QUALIFIERS for part in _removed(body) for token in part):
            yield core, fronted
        return
    parts = _split(body)
    opening = PARTICIPLES.get(parts[0][0].surface) if parts[0] else None
    main_part = next((place for place in range(1, len(parts)) if _subject(parts[place])), None)
    if opening and main_part is not None:
        described = [token for part in parts[:main_part] for token in part]
        yield [*_subject(parts[main_part]), _word(opening), *described], fronted
        body = [token for part in parts[main_part:] for token in part]
        yield body, fronted
    core = _without_asides(body)
    main = core if core is not None else body
    if core is not None:
        yield core, fronted
        subject = _subject(_split(body)[0]) or _split(body)[0]
        for aside in _removed(body):
            yield from ((statement, fronted) for statement in _aside_statements(subject, aside))
    if not _subject(main):
        return
    subject = _subject(main)
    clauses = _coordinated(main[len(subject) :])
    if len(clauses) > 1:
        for clause in clauses:
            yield ([*subject, *clause] if not _subject(clause) else clause), fronted


def _aside_statements(subject: Tokens, aside: Tokens) -> Iterator[Tokens]:
    first = aside[0]
    if first.key in ("which", "who"):
        yield [*subject, *aside[1:]]
    elif first.surface in PARTICIPLES:
        yield [*subject, _word(PARTICIPLES[first.surface]), *aside]
    else:
        yield [*subject, _word("is"), *aside]


def _fronted(sentence: Tokens) -> tuple[Tokens, Tokens]:
    """Return a sentence without the adjunct at its beginning ("In May 2024, …"), and that adjunct."""
    if not sentence or sentence[0].key not in PREPOSITIONS:
        return sentence, []
    end = next((place for place, token in enumerate(sentence) if token.key == ","), None)
    if end is not None and end <= 6:
        return sentence[end + 1 :], sentence[:end]
    if len(sentence) > 2 and sentence[1].date:
        return sentence[2:], sentence[:2]
    return sentence, []


def _split(sentence: Tokens) -> list[Tokens]:
    """Return the parts between punctuation marks."""
    parts: list[Tokens] = [[]]
    for token in sentence:
        if token.key in PUNCTUATION:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part] or [[]]


def _is_finite(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a token is a verb of its own: not a noun after an article, not part of "to open"."""
    token = tokens[place]
    if token.key in BE or token.key in ("hav", "do") or token.key in MODALS or token.key in FOREIGN_VERBS:
        return True
    before = tokens[place - 1] if place else None
    return token.form in ("past", "present") and not (
        before is not None and before.key in ("a", "an", "the", "to", "its", "our", "their", "of", "in", "for", "new")
    )


def _subject(clause: Tokens) -> Tokens:
    """Return what stands before the first verb; empty if there is no verb or no subject."""
    for place in range(1, len(clause)):
        if _is_finite(clause, place):
            return clause[:place]
    return []


def _is_aside(part: Tokens) -> bool:
    first = part[0]
    return (
        first.key in RELATIVE
        or first.surface in PARTICIPLES
        or not any(_is_finite(part, place) for place in range(len(part)))
    )


def _asides(sentence: Tokens) -> list[int]:
    """Return the places of the parts that only describe the subject: those between it and its verb."""
    parts = _split(sentence)
    found = []
    for place in range(1, len(parts) - 1):
        if not _is_aside(parts[place]):
            break
        found.append(place)
    if found:
        following = parts[found[-1] + 1]
        if not _subject(parts[0]) and following and _is_finite(following, 0):
            return found
        return []
    last = parts[-1]
    if len(parts) == 2 and (last[0].key in RELATIVE or last[0].surface in PARTICIPLES):
        return [1]
    return []


def _removed(sentence: Tokens) -> list[Tokens]:
    parts = _split(sentence)
    return [parts[place] for place in _asides(sentence)] if len(parts) > 2 else []


def _without_asides(sentence: Tokens) -> Tokens | None:
    asides = _asides(sentence)
    if not asides:
        return None
    return [token for place, part in enumerate(_split(sentence)) if place not in asides for token in part]


def _coordinated(predicate: Tokens) -> list[Tokens]:
    """Return the predicates that "and" joins, each with its own verb."""
    parts: list[Tokens] = [[]]
    for place, token in enumerate(predicate):
        rest = [other for other in predicate[place + 1 : place + 4] if other.key not in PUNCTUATION]
        if token.key in AND:
            is_border = bool(rest) and _is_finite(rest, 1 if rest[0].key == COMPANY and len(rest) > 1 else 0)
        else:
            is_border = token.key in PUNCTUATION and bool(rest) and _is_finite(predicate, place + 1)
            is_border = is_border and rest[0].key not in REPORTING
        if is_border:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _word(word: str) -> Token:
    verb = verb_form(word)
    return Token(verb[0], verb[1], word) if verb else Token(word, surface=word)


def _readings(body: Tokens, fronted: Tokens) -> Iterator[Tokens]:
    """Yield a statement and what it says in other words: active for passive, passive without an agent."""
    statement = _canonical(body, fronted)
    yield statement
    yield from _active(statement)
    subject = _subject(statement)
    rest = statement[len(subject) :]
    if subject and _is_past(rest[0]):  # "Acme appointed Ann as …" also says "Ann was appointed as …"
        end = next(
            (i for i in range(1, len(rest)) if rest[i].key in SUBORDINATE or rest[i].figure or rest[i].date), len(rest)
        )
        for stop in range(2, min(end, 4) + 1):
            yield [*rest[1:stop], _word("was"), rest[0], *rest[stop:]]


def _canonical(body: Tokens, fronted: Tokens) -> Tokens:
    """Return the tokens that count, with auxiliaries resolved and the date at the end."""
    sequence = [*kept([token for token in body if token.key not in PUNCTUATION]), *kept(fronted)]
    sequence = _resolve_nouns(_resolve_auxiliaries(sequence))
    dates = [place for place, token in enumerate(sequence) if token.date]
    if len(dates) == 1:
        place = dates[0]
        start = place - 1 if place and sequence[place - 1].key in PREPOSITIONS else place
        # "in 2024" and "on 5 March 2024" only name the date; "since", "until" and the like say more
        kept_from = place if sequence[start].key in DATING else start
        sequence = [*sequence[:start], *sequence[place + 1 :], *sequence[kept_from : place + 1]]
    return sequence


def _resolve_auxiliaries(sequence: Tokens) -> Tokens:
    """Say "opened" for "has opened" and "did open", "opens" for "does open"."""
    found: Tokens = []
    place = 0
    while place < len(sequence):
        token = sequence[place]
        following = place + 1
        while following < len(sequence) and sequence[following].key in ("not", "never", "also", "already"):
            following += 1
        verb = sequence[following] if following < len(sequence) else None
        is_participle = verb is not None and _is_past(verb) and verb.surface != "had"
        if token.surface in ("has", "have", "had") and is_participle:
            pass
        elif token.surface in ("do", "does", "did") and verb is not None and verb.form == "present":
            form = "past" if token.surface == "did" else "present"
            found += [*sequence[place + 1 : following], Token(verb.key, form, "")]
            place = following
        else:
            found.append(token)
        place += 1
    return found


def _resolve_nouns(sequence: Tokens) -> Tokens:
    """Say "makes" for "is maker of", and "has 5 employees" for "employs 5 people"."""
    found: Tokens = []
    place = 0
    while place < len(sequence):
        token = sequence[place]
        two = sequence[place + 1 : place + 3]
        if token.key == "is" and len(two) == 2 and two[0].key in AGENT_NOUNS and two[1].key == "of":
            found.append(_word(AGENT_NOUNS[two[0].key]))
            place += 2
        elif token.key == "by" and two and two[0].figure and found and found[-1].key in CHANGES:
            pass  # "rose by 5 %" is "rose 5 %"
        elif token.surface in ("people", "staff", "workers", "persons") and place and sequence[place - 1].figure:
            found.append(EMPLOYEES)
        else:
            found.append(token)
        place += 1
    for place, token in enumerate(found):
        if (
            token.key == "employ"
            and token.form in ("present", "past")
            and any(t.figure for t in found[place : place + 3])
        ):
            found[place] = _word("has" if token.form == "present" else "had")
            ends = [i for i in range(place, len(found)) if found[i].figure]
            if ends[0] + 1 == len(found) or found[ends[0] + 1].key != EMPLOYEES.key:
                found.insert(ends[0] + 1, EMPLOYEES)
            break
    return found


def _active(statement: Tokens) -> Iterator[Tokens]:
    """Yield "A bought B …" for "B was bought … by A"."""
    for place, (auxiliary, verb) in enumerate(pairwise(statement)):
        if auxiliary.key in BE and _is_past(verb) and place:
            rest = statement[place + 2 :]
            agents = [i for i, token in enumerate(rest) if token.key == "by"]
            if (
                len(agents) == 1
                and agents[0] + 1 < len(rest)
                and not (rest[agents[0] + 1].figure or rest[agents[0] + 1].date)
            ):
                agent = rest[agents[0] + 1 :]
                end = next((i for i, token in enumerate(agent) if token.key in PREPOSITIONS or token.date), len(agent))
                form = "past" if auxiliary.key == "was" else "present"
                active = Token(verb.key, form) if verb.form else verb
                if verb.form or form == "past":
                    yield [*agent[:end], active, *statement[:place], *rest[: agents[0]], *agent[end:]]
            return


def _is_past(token: Token) -> bool:
    """Return whether a token is a participle or a past form, also of a verb that is not known."""
    return token.form == "past" or (not token.form and len(token.surface) > 4 and token.surface.endswith("ed"))


def _equal(claim: Tokens, sentence: Tokens) -> bool:
    """Compare token by token; a single negation may stand elsewhere."""
    if len(claim) != len(sentence):
        return False
    sides = [claim, sentence]
    if not any(token.key in FIXED for side in sides for token in side):
        counts = [sum(token.key in ("not", "no") for token in side) for side in sides]
        if counts == [1, 1]:
            sides = [[token for token in side if token.key not in ("not", "no")] for side in sides]
    return all(mine.says(its) for mine, its in zip(*sides, strict=True))
