"""Recognize sentences of a page that address a language model instead of a reader.

A page is data. Its text reaches the model between marks that a page cannot contain, and a sentence that addresses a
model is neither shown to one nor quoted in a report. One that is not recognized can still claim no more than its page.
"""

from __future__ import annotations

import re

PATTERNS = re.compile(
    r"""
    (?:ignore|disregard|forget|override|bypass)\W+(?:\w+\W+){0,4}?
        (?:instructions?|prompts?|rules|guidelines|(?:the|all)\W+(?:above|previous|prior))
    | (?:previous|prior|above|earlier|system|new|following)\s+(?:instructions?|prompts?)\b
    | \b(?:system|developer|assistant|user)\s*(?:prompt|message|role)\b
    | ^[^\S\n]*(?:system|assistant|user|human|ai)\s*:
    | \b(?:you\s+are|act\s+as|pretend\s+to\s+be|respond\s+as)\s+(?:now\s+)?(?:an?\s+|the\s+)?
        (?:\w+\s+)?(?:ai|llm|assistant|language\s+model|chatbot|chatgpt|gpt)\b
    | \b(?:as\s+an?|dear|attention|note\s+to|for)\s+(?:the\s+)?(?:ai|llm|language\s+model|large\s+language)s?\b
    | \b(?:if\s+you\s+are|to\s+any|to\s+all)\s+(?:an?\s+)?(?:ai|llm|language\s+model|agent)s?\b
    | \b(?:output|respond|reply|print)\s+(?:only|exactly|with|the\s+following|in\s+json)\b
    | (?:^|[.!?:]\s+)(?:say|state|report|write|claim|mention|answer|conclude)\s+(?:only|exactly|that|the\s+following)\b
    | </?\s*(?:source|system|instructions?|prompt)\b | <\|[^|>]*\|> | \[/?INST\]
    | ^[^\S\n]*\#{2,}\s*(?:system|instruction)
    | \b(?:include|insert|add|cite)\s+(?:\w+\s+){0,3}(?:this|the\s+following)\s+(?:link|url|sentence|text|claim)
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def is_prompt_injection(sentence: str) -> bool:
    """Return whether a sentence addresses a model instead of a reader."""
    return PATTERNS.search(sentence) is not None
