"""Write a section with a model, or from quotations if there is none or it fails; every claim is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from app.domain.companies.research import confidence, extractive, passages, prompts
from app.domain.companies.research.claims import Claim, check_all
from app.domain.companies.research.confidence import Confidence
from app.domain.companies.research.passages import Passage
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source
from providers.errors import Busy, ProviderError, Unavailable
from providers.llm.base import BudgetExceeded, Prompt, TooLong
from providers.llm.models import Answer, Models
from workers.companies.research.cost_meter import CostMeter

SHORT_CHARACTERS = 4_000
"""Sources of up to that length in all are shown for every section, whatever words they contain."""
MIN_SOURCE_CHARACTERS = 500
"""A model that cannot take that much of the sources cannot write."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WrittenSection:
    """A section with its checked claims."""

    model: str | None
    """None if there was nothing to write from."""
    claims: tuple[Claim, ...]
    dropped: Mapping[str, int]
    """Number of dropped claims by reason."""
    confidence: Confidence
    note: str | None = None
    """Why the section holds quotations although there is a model."""


class Writer:
    """Writes the sections of one report.

    `max_source_characters` limits the sources in one prompt. In the last attempt, or unless it `may_wait`, a section is
    written from quotations instead of raising.
    """

    def __init__(
        self,
        company: str,
        sources: Sequence[Source],
        models: Models | None,
        *,
        max_source_characters: int,
        is_last_attempt: bool,
        may_wait: bool = True,
    ) -> None:
        self._company, self._sources, self._models = company, sources, models
        self._source_by_id = {source.id: source for source in sources}
        self._max_source_characters = max_source_characters
        self._is_last_attempt, self._may_wait = is_last_attempt, may_wait

    async def write(self, section: Section, meter: CostMeter) -> WrittenSection:
        """Write a section. Raises Busy if the model is, and Unavailable if it may be back in the next attempt."""
        ranked = await asyncio.to_thread(passages.rank, section, self._sources)
        if self._models is not None and not ranked:
            ranked = await asyncio.to_thread(passages.opening, self._sources, SHORT_CHARACTERS)
        if not ranked:
            return WrittenSection(None, (), {}, confidence.NOTHING)
        if self._models is None:
            return await self._quote(section)
        try:
            return await self._write_with_model(self._models, section, ranked, meter)
        except BudgetExceeded as error:
            reason = f"the job's budget is used up ({error})"
        except Busy as error:
            if self._may_wait:
                raise
            reason = f"the model was busy ({error})"
        except Unavailable as error:
            if not self._is_last_attempt:
                raise
            reason = f"the model could not be reached ({error})"
        except ProviderError as error:
            reason = f"the model gave no usable answer ({error})"
        log.warning("section_quoted", section=section.key, reason=reason)
        return replace(await self._quote(section), note=f"Quotations only: {reason}.")

    async def _write_with_model(
        self, models: Models, section: Section, ranked: Sequence[Passage], meter: CostMeter
    ) -> WrittenSection:
        answer = await self._ask(models, section, ranked, meter)
        # a quotation must stand in its source, but not necessarily in the passages that the model was shown
        checked = await asyncio.to_thread(check_all, answer.value.drafts(), self._source_by_id, self._company)
        if checked.proposed and not checked.claims:
            quoted = await self._quote(section)
            dropped = {reason: count + quoted.dropped.get(reason, 0) for reason, count in checked.dropped.items()}
            note = "Quotations only: no claim of the model was supported by its quotation."
            return replace(quoted, dropped=dict(quoted.dropped) | dropped, note=note)
        if not checked.proposed:
            # small models often find nothing although there is something to say
            quoted = await self._quote(section, extractive.STRONG_RELEVANCE)
            if quoted.claims:
                return quoted
        return self._rate(answer.model, checked.claims, checked.dropped, checked.proposed)

    async def _ask(
        self, models: Models, section: Section, ranked: Sequence[Passage], meter: CostMeter
    ) -> Answer[prompts.SectionAnswer]:
        """Ask with as many passages as the model takes: half as many each time they are too long."""
        max_characters = self._max_source_characters
        while True:
            shortened_first = replace(ranked[0], text=ranked[0].text[:max_characters])
            chosen = passages.choose(ranked, max_characters) or [shortened_first]
            source_ids = sorted({passage.source for passage in chosen}, key=lambda source_id: int(source_id[1:]))
            prompt = Prompt(
                prompts.messages(section, self._company, chosen, self._source_by_id),
                prompts.schema(source_ids),
                "section",
                prompts.ANSWER_TOKENS,
            )
            try:
                return await models.ask(prompt, prompts.SectionAnswer, meter)
            except TooLong:
                max_characters //= 2
                if max_characters < MIN_SOURCE_CHARACTERS:
                    raise

    async def _quote(self, section: Section, min_relevance: float = extractive.MIN_RELEVANCE) -> WrittenSection:
        drafts = await asyncio.to_thread(extractive.write, section, self._sources, min_relevance)
        checked = await asyncio.to_thread(check_all, drafts, self._source_by_id, self._company)
        return self._rate(extractive.EXTRACTIVE_MODEL, checked.claims, checked.dropped, checked.proposed)

    def _rate(self, model: str, claims: tuple[Claim, ...], dropped: Mapping[str, int], proposed: int) -> WrittenSection:
        today = datetime.now(UTC).date()
        rating = confidence.of_section(claims, proposed, self._source_by_id, model, today)
        return WrittenSection(model, claims, dropped, rating)
