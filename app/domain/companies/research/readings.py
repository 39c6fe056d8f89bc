"""What a statement says in other words, and what else is true if it is: the forms in which claims are compared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from app.domain.companies.research.sentence_parts import (
    AND,
    BE,
    MODALS,
    PREPOSITIONS,
    PUNCTUATION,
    QUALIFIERS,
    Tokens,
    is_past,
    subject_of,
    word_token,
)
from app.domain.companies.research.synonyms import AGENT_NOUNS, unify_word
from app.domain.companies.research.wording import Token, kept
from app.domain.companies.research.words import listed

FOUNDING = frozenset({unify_word("founded"), "found", "incorporat"})
CHUNK_BEGINNINGS = listed("in by on at with from as after for near")
COLLECTIVE = listed("merg combin join link connect divid split consist compris total equal unit pair compet talk meet")
"""Keys of verbs whose objects are meant together."""
NAMES_OF_GOODS = "s"
"""What stands in a list without being its last entry is a thing of its own if it is in the plural."""
DATING = listed("in on at im am en")
NOT_IN_LISTS = listed("of to or both either between among together with without per as than like such that which who")
CHANGES = listed("ris fal reduc cut expand improv")
"""Keys of verbs after which "by" stands before a figure."""
EMPLOYEES = Token(unify_word("employees"), surface="employees")
SUBORDINATE = listed("to of in on at for from by with as than and or")


def readings(body: Tokens, fronted: Tokens) -> Iterator[Tokens]:
    """Yield a statement and what it says in other words: active for passive, passive without an agent."""
    statement = canonical(body, fronted)
    yield statement
    yield from to_active(statement)
    yield from _founded(statement)
    yield from _without_round(statement)
    yield from (canonical(part, fronted) for part in _listed_parts(body))
    subject = subject_of(statement)
    rest = statement[len(subject) :]
    if subject and is_past(rest[0]):  # "Acme appointed Ann as …" also says "Ann was appointed as …"
        end = next(
            (i for i in range(1, len(rest)) if rest[i].key in SUBORDINATE or rest[i].figure or rest[i].date), len(rest)
        )
        for stop in range(2, min(end, 4) + 1):
            yield [*rest[1:stop], word_token("was"), rest[0], *rest[stop:]]


def _founded(statement: Tokens) -> Iterator[Tokens]:
    """Yield "Acme was founded in Hull" for "Acme was founded by Ann Pike in Hull in 1987": each part is true alone."""
    place = next(
        (i for i, token in enumerate(statement) if token.key in FOUNDING and i and statement[i - 1].key in BE), None
    )
    if place is None:
        return
    chunks: list[Tokens] = []
    if any(token.form == "past" or token.key in AND or token.key in BE for token in statement[place + 1 :]):
        return
    for token in statement[place + 1 :]:
        if token.key in CHUNK_BEGINNINGS or token.date or not chunks:
            chunks.append([])
        chunks[-1].append(token)
    chunks = [chunk for chunk in chunks if chunk[0].key in CHUNK_BEGINNINGS or chunk[0].date]
    if 1 < len(chunks) <= 4:
        for length in range(1, len(chunks)):
            for chosen in combinations(chunks, length):
                yield [*statement[: place + 1], *(token for chunk in chosen for token in chunk)]


def _without_round(statement: Tokens) -> Iterator[Tokens]:
    """Yield "Acme raised £2 million" for "Acme raised £2 million in a seed round led by Ann Pike"."""
    for place, token in enumerate(statement[:-1]):
        if token.figure and token.figure.unit and statement[place + 1].key == "in":
            if any(before.key == "rais" for before in statement[:place]) and any(
                after.surface == "round" for after in statement[place + 2 : place + 6]
            ):
                yield statement[: place + 1]
            return


def _listed_parts(statement: Tokens) -> Iterator[Tokens]:
    """Yield "Acme makes buoys" for "Acme makes hats, caps and buoys".

    Only of lists at the end, whose entries are simple things: what stands before or behind them may belong to all.
    """
    subject = subject_of(statement)
    if not subject or len(statement) < len(subject) + 4:
        return
    verb, rest = statement[len(subject)], statement[len(subject) + 1 :]
    if (
        verb.key in COLLECTIVE
        or verb.key in BE
        or verb.key in MODALS
        or any(token.key in QUALIFIERS for token in statement)
    ):
        return
    if not verb.form or sum(token.key in AND for token in rest) != 1:
        return
    entries: list[Tokens] = [[]]
    for token in rest:
        if token.key in AND or token.key == ",":
            entries.append([])
        else:
            entries[-1].append(token)
    entries = [entry for entry in entries if entry]
    is_simple = all(
        not (token.figure or token.date or token.form in ("past", "ing") or token.key in (*PREPOSITIONS, *NOT_IN_LISTS))
        or (token.key == "of" and verb.key == "includ")
        for entry in entries
        for token in entry
    ) and not any(entry[0].form == "present" and entry[0].surface.endswith("s") for entry in entries[1:])
    if len(entries) < 2 or not is_simple or any(len(entry) > 4 for entry in entries):
        return
    for place, entry in enumerate(entries):
        is_last = place == len(entries) - 1
        if is_last or verb.key == "includ" or entry[-1].surface.endswith(NAMES_OF_GOODS):
            yield [*subject, verb, *entry]
        if 0 < place < len(entries) - 1:
            tail = [token for other in entries[place:-1] for token in other]
            yield [*subject, verb, *tail, word_token("and"), *entries[-1]]


def canonical(body: Tokens, fronted: Tokens) -> Tokens:
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
        is_participle = verb is not None and is_past(verb) and verb.surface != "had"
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
            found.append(word_token(AGENT_NOUNS[two[0].key]))
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
            found[place] = word_token("has" if token.form == "present" else "had")
            ends = [i for i in range(place, len(found)) if found[i].figure]
            if ends[0] + 1 == len(found) or found[ends[0] + 1].key != EMPLOYEES.key:
                found.insert(ends[0] + 1, EMPLOYEES)
            break
    return found


def to_active(statement: Tokens) -> Iterator[Tokens]:
    """Yield "A bought B …" for "B was bought … by A"."""
    for place, (auxiliary, verb) in enumerate(pairwise(statement)):
        if auxiliary.key in BE and is_past(verb) and place:
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
