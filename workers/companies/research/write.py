"""Writing a section: by a model where there is one, by quotation where there is none or it fails; checked always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from app.domain.companies.research import confidence, extractive, passages, prompts
from app.domain.companies.research.claims import Claim, check_all
from app.domain.companies.research.confidence import Parts
from app.domain.companies.research.passages import Passage
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source
from providers.errors import Busy, ProviderError, Unavailable
from providers.llm.asking import Models
from providers.llm.base import BudgetExceeded, Prompt, TooLong
from workers.companies.research.cost_meter import SectionMeter

LEAST_CHARS = 500
"""Of the sources: a model that does not take even these cannot write."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Written:
    model: str | None
    """None where there was nothing to write from."""
    claims: tuple[Claim, ...]
    dropped: Mapping[str, int]
    confidence: Parts
    note: str | None = None
    fell_back: bool = False
    """A model was to write it, and quotation did."""


class Writer:
    def __init__(
        self,
        company: str,
        sources: Sequence[Source],
        models: Models | None,
        *,
        most_chars: int,
        last_attempt: bool,
        patient: bool = True,
    ) -> None:
        self._company, self._sources, self._models = company, sources, models
        self._by_id = {source.id: source for source in sources}
        self._most_chars, self._last_attempt, self._patient = most_chars, last_attempt, patient

    async def write(self, section: Section, meter: SectionMeter) -> Written:
        """The section. Raises Busy where the model only wants to be asked later, Unavailable where it may be back."""
        ranked = passages.rank(section, self._sources)
        if not ranked:
            return Written(None, (), {}, confidence.NOTHING)
        if self._models is None:
            return self._quoted(section)
        try:
            return await self._asked(self._models, section, ranked, meter)
        except BudgetExceeded as error:
            reason = f"the budget of the job was reached ({error})"
        except Busy as error:
            if self._patient:
                raise
            reason = f"the model let nobody through ({error})"
        except Unavailable as error:
            if not self._last_attempt:
                raise
            reason = f"the model could not be reached ({error})"
        except ProviderError as error:
            reason = f"the model gave no usable answer ({error})"
        log.warning("section_quoted", section=section.key, reason=reason)
        return replace(self._quoted(section), note=f"Quotations only: {reason}.", fell_back=True)

    async def _asked(self, models: Models, section: Section, ranked: Sequence[Passage], meter: SectionMeter) -> Written:
        most_chars = self._most_chars
        while True:
            chosen = passages.choose(ranked, most_chars) or [replace(ranked[0], text=ranked[0].text[:most_chars])]
            ids = sorted({one.source for one in chosen}, key=lambda one: int(one[1:]))
            prompt = Prompt(
                prompts.messages(section, self._company, chosen, self._by_id),
                prompts.schema(ids),
                "section",
                prompts.ANSWER_TOKENS,
            )
            try:
                answer = await models.ask(prompt, prompts.SectionAnswer, meter)
                break
            except TooLong:
                most_chars //= 2
                if most_chars < LEAST_CHARS:
                    raise
        # what a source is quoted with must stand in it, though not in the passages that were shown
        checked = check_all(answer.value.drafts(), self._by_id, self._company)
        if checked.proposed and not checked.claims:
            quoted = self._quoted(section)
            dropped = {reason: count + quoted.dropped.get(reason, 0) for reason, count in checked.dropped.items()}
            note = "Quotations only: nothing that the model wrote was borne out by its quotations."
            return replace(quoted, dropped=dict(quoted.dropped) | dropped, note=note, fell_back=True)
        if not checked.proposed:  # small models often find nothing where there is something: no worse than without one
            quoted = self._quoted(section, extractive.STRONG_RELEVANCE)
            if quoted.claims:
                return quoted
        return self._judged(answer.model, checked.claims, checked.dropped, checked.proposed)

    def _quoted(self, section: Section, least: float = extractive.LEAST_RELEVANCE) -> Written:
        checked = check_all(extractive.write(section, self._sources, least), self._by_id, self._company)
        return self._judged(extractive.MODEL, checked.claims, checked.dropped, checked.proposed)

    def _judged(self, model: str, claims: tuple[Claim, ...], dropped: Mapping[str, int], proposed: int) -> Written:
        today = datetime.now(UTC).date()
        return Written(model, claims, dropped, confidence.of_section(claims, proposed, self._by_id, model, today))
