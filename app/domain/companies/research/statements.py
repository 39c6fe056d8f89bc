"""The statements that a sentence makes, as sequences of tokens that can be compared.

"Founded in 1987, Acme makes hats and sold its mill" states that Acme was founded in 1987, that it makes hats, and that
it sold its mill. A part of a sentence is a statement of its own only if nothing else in the sentence can change what it
says: a condition, a doubt, a denial, a place or a time that stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.companies.research.readings import canonical, readings, to_active
from app.domain.companies.research.sentence_parts import (
    BE,
    PARTICIPLES,
    PREPOSITIONS,
    QUALIFIERS,
    Tokens,
    asides_of,
    coordinated,
    is_finite,
    split_adjunct,
    split_parts,
    subject_of,
    without_asides,
    word_token,
)
from app.domain.companies.research.words import listed

NOT_ABOUT_SUBJECT = listed("where whose")
KINDS_OF_COMPANY = listed(
    "company firm business manufacturer maker enterprise start-up startup agency retailer brewery bakery organisation"
    " organization specialist supplier provider producer consultancy"
)
OMISSIBLE = listed(
    """
    leading renowned innovative independent modern dedicated experienced trusted well-known family-owned reliable
    award-winning proud proudly successful unique specialist dynamic global currently
    """
)
"""Words that a claim may leave out, but not add."""
FIXED = listed("all every each both any only most many some alle tous toutes todos todas and und et y but or , than")
"""Words on whose side of a negation it depends what is denied."""


def states(claim: Tokens, sentence: Tokens) -> bool:
    """Return whether the sentence makes the statement of the claim: the same, in the same roles, and nothing less."""
    claims = [canonical(*split_adjunct(claim))]
    words = {token.surface for token in claim}
    sentence = [token for token in sentence if token.surface not in OMISSIBLE or token.surface in words]
    return any(
        _equal(wanted, found)
        for statement in _statements(sentence)
        for found in readings(*statement)
        for wanted in (*claims, *to_active(claims[0]))
    )


def conjuncts(claim: Tokens) -> list[Tokens]:
    """Return the statements that a claim consists of, which together say all that it says; empty if it is only one."""
    if any(token.key in QUALIFIERS for token in claim) or split_adjunct(claim)[1]:
        return []
    parts = split_parts(claim)
    described, rest = _opening(parts)
    if described:
        return [described, rest]
    core = without_asides(claim)
    if core is not None:
        subject = subject_of(parts[0]) or parts[0]
        return [core, *(statement for aside in asides_of(claim) for statement in _aside_statements(subject, aside))]
    subject = subject_of(claim)
    clauses = coordinated(claim[len(subject) :]) if subject else []
    return [[*subject, *clause] for clause in clauses] if len(clauses) > 1 else []


def _statements(sentence: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    """Yield each statement, with the adjunct that stands before it."""
    body, fronted = split_adjunct(sentence)
    yield body, fronted
    if any(token.key in QUALIFIERS for token in sentence):
        core = without_asides(body)
        if core is not None and not any(token.key in QUALIFIERS for part in asides_of(body) for token in part):
            yield core, fronted
        return
    if not fronted and (counted := _with_count(body)):
        described, body = counted
        yield described, fronted
        yield body, fronted
    described, rest = _opening(split_parts(body))
    if described:
        yield described, fronted
        body = rest
        yield body, fronted
    core = without_asides(body)
    main = core if core is not None else body
    if core is not None:
        yield core, fronted
        subject = subject_of(split_parts(body)[0]) or split_parts(body)[0]
        for aside in asides_of(body):
            yield from ((statement, fronted) for statement in _aside_statements(subject, aside))
    if not subject_of(main):
        return
    subject = subject_of(main)
    yield from ((statement, fronted) for statement in _of_its_kind(main))
    clauses = coordinated(main[len(subject) :])
    if len(clauses) > 1:
        for clause in clauses:
            yield ([*subject, *clause] if not subject_of(clause) else clause), fronted


def _opening(parts: list[Tokens]) -> tuple[Tokens, Tokens]:
    """Return what a participle at the beginning says of the subject ("Founded in 1987, …"), and the rest."""
    opening = PARTICIPLES.get(parts[0][0].surface) if parts[0] else None
    main_part = next((place for place in range(1, len(parts)) if subject_of(parts[place])), None)
    if not opening or main_part is None:
        return [], []
    described = [token for part in parts[:main_part] for token in part]
    rest = [token for part in parts[main_part:] for token in part]
    return [*subject_of(parts[main_part]), word_token(opening), *described], rest


def _with_count(sentence: Tokens) -> tuple[Tokens, Tokens] | None:
    """Return "Acme has 35 employees" and "Acme serves ports" for "With 35 employees, Acme serves ports"."""
    parts = split_parts(sentence)
    if len(parts) != 2 or len(parts[0]) < 3 or parts[0][0].key != "with":
        return None
    if not (parts[0][1].figure or (parts[0][1].key == "exceeding" and parts[0][2].figure)):
        return None
    subject = subject_of(parts[1])
    return ([*subject, word_token("has"), *parts[0][1:]], parts[1]) if subject else None


def _of_its_kind(clause: Tokens) -> Iterator[Tokens]:
    """Yield "Acme makes hats" for "Acme is a family firm from Hull that makes hats"."""
    if len(clause) < 6 or clause[1].surface not in BE or clause[2].surface not in ("a", "an"):
        return
    kind = next((place for place in range(3, min(8, len(clause))) if clause[place].surface in KINDS_OF_COMPANY), None)
    if kind is None or any(token.key in (*PREPOSITIONS, "of", "to") for token in clause[2:kind]):
        return
    for place in range(kind + 1, min(kind + 6, len(clause) - 1)):
        if clause[place].surface in ("that", "which") and is_finite(clause, place + 1):
            yield [clause[0], *clause[place + 1 :]]
            return
        if place == kind + 1 and clause[place].surface not in ("from", "based", "located", "in"):
            return


def _aside_statements(subject: Tokens, aside: Tokens) -> Iterator[Tokens]:
    first = aside[0]
    if first.key in NOT_ABOUT_SUBJECT:
        return
    if first.key in ("which", "who"):
        yield [*subject, *aside[1:]]
    elif first.surface in PARTICIPLES:
        yield [*subject, word_token(PARTICIPLES[first.surface]), *aside]
    else:
        yield [*subject, word_token("is"), *aside]


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
