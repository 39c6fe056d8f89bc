"""Find the events that a sentence states: an action, the company as its subject, and its direction."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.companies.events import expansion, funding, hiring, leadership
from app.domain.companies.events.judging import Event
from app.domain.companies.events.occurrence import happened
from app.domain.companies.identity.evidence import Statement

RULES = (*hiring.RULES, *funding.RULES, *leadership.RULES, *expansion.RULES)


def find_events(statement: Statement) -> Iterator[Event]:
    """Yield the events that a sentence states about the company, one of each kind."""
    if not statement.is_evidence:
        return
    text = statement.sentence.plain
    kinds: set[str] = set()
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            event = rule.judge(statement, match)
            if event is not None and event.kind not in kinds and happened(text, *match.span(1)):
                kinds.add(event.kind)
                yield event
