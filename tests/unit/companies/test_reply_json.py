"""Reading the JSON in what a model writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.domain.companies.research.prompts import SectionAnswer
from providers.llm.base import CostSource, ModelReply, Usage
from providers.llm.models import parse
from providers.llm.reply_json import after_thoughts, candidates, mended


class Answer(BaseModel):
    claims: list[dict[str, object]]


def reply(text: str, *, cut_off: bool = False) -> ModelReply:
    return ModelReply(text, "m", cut_off, None, Usage(1, 1, 0, 0, None, CostSource.UNKNOWN), None, 1)


@pytest.mark.parametrize(
    "text",
    [
        '{"claims": [{"a": 1}]}',
        'Sure! {"claims": [{"a": 1}]} I hope {this} helps.',
        '<think>{"claims": [...]}? I fill {it} in.</think>{"claims": [{"a": 1}]}',
        '<think>First</think><think>{"claims": []}</think>\n```json\n{"claims": [{"a": 1}]}\n```',
        '<|channel|>analysis<|message|>{"claims": 3}<|channel|>final<|message|>{"claims": [{"a": 1}]}',
        "```\n{'claims': [{'a': 1}]}\n```",
        "{claims: [{a: 1,},],}",
        '{"claims": [{"a": 1} /* one */ ] // all\n}',
        "{\u201cclaims\u201d: [{\u201ca\u201d: 1}]}",
        '[{"a": 1}]',
        '{"text": "not this"} {"claims": [{"a": 1}]}',
    ],
)
def test_answers_are_found(text: str) -> None:
    assert parse(reply(text), Answer) == Answer(claims=[{"a": 1}])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"claims": [{"a": "line\nbreak"}]}', "line\nbreak"),
        ("{'claims': [{'a': 'it's \"quoted\"'}]}", 'it\'s "quoted"'),
        ('{"claims": [{"a": "don\\\'t"}]}', "don't"),
        ('{"claims": [{"a": None}]}', None),
        ('{"claims": [{"a": True}]}', True),
        ('{"claims": [{"a": "http://x/ # {no} comment",}]}', "http://x/ # {no} comment"),
    ],
)
def test_mistakes_are_mended(text: str, value: object) -> None:
    assert parse(reply(text), Answer).claims == [{"a": value}]


@pytest.mark.parametrize(
    "text", ["", "I cannot.", "<think>{}", '{"claims": [{"a"', '{"claims": 3}', "{}", '{"other": []}']
)
def test_what_is_no_answer_is_not_made_up(text: str) -> None:
    with pytest.raises(ValueError):
        parse(reply(text), Answer)


def test_an_answer_that_was_cut_off_is_asked_for_again() -> None:
    with pytest.raises(ValueError, match="cut off"):
        parse(reply('{"claims": []}', cut_off=True), Answer)


def test_ids_of_sources_may_be_written_without_a_list() -> None:
    answer = parse(reply('{"claims": [{"text": "t", "quote": "q", "sources": "S1"}]}'), SectionAnswer)
    assert answer.claims[0].sources == ["S1"]
    answer = parse(reply('{"claims": [{"text": "t", "quote": "q", "sources": [2]}]}'), SectionAnswer)
    assert answer.claims[0].sources == ["S2"]


@given(st.text(alphabet="{}[]\"'\\,:/*#aT \n", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(mended(text), str)
    assert all(isinstance(candidate, str) for candidate in candidates(after_thoughts(text)))
