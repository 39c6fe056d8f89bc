"""What one server understands of the OpenAI API, learnt from what it refuses.

Servers differ in how they take a schema, a limit of tokens and a temperature, and say so with a 400 at the first
request. What was refused is left out from then on; a refused request costs nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from providers.llm.base import Prompt

LENGTHS = ("maxLength", "minLength", "maxItems", "minItems")


class Format(IntEnum):
    """How the schema travels, the most binding way first."""

    SCHEMA = 0
    SCHEMA_WITHOUT_LENGTHS = 1
    JSON_OBJECT = 2
    WORDS = 3
    """In the prompt alone, as it does in all of them."""


class Dialect:
    def __init__(self) -> None:
        self.format = Format.SCHEMA
        self.limit = "max_tokens"
        self.temperature = True

    def request(self, prompt: Prompt) -> dict[str, Any]:
        """The parameters of a chat completion beside the model."""
        request: dict[str, Any] = {"messages": list(prompt.messages), self.limit: prompt.answer_tokens}
        if self.temperature:
            request["temperature"] = 0
        if self.format is Format.JSON_OBJECT:
            request["response_format"] = {"type": "json_object"}
        elif self.format is not Format.WORDS:
            schema = prompt.schema if self.format is Format.SCHEMA else _without_lengths(prompt.schema)
            request["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": prompt.schema_name, "strict": True, "schema": schema},
            }
        return request

    def learn(self, refusal: str) -> bool:
        """Whether a 400 with these words taught something, so that asking again is worth it."""
        words = refusal.lower()
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            self.limit = "max_completion_tokens"
            return True
        if self.temperature and "temperature" in words:
            self.temperature = False
            return True
        if self.format < Format.WORDS and any(w in words for w in ("response_format", "schema", "json", "grammar")):
            self.format = Format(self.format + 1)
            return True
        return False


def _without_lengths(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_lengths(value) for key, value in schema.items() if key not in LENGTHS}
    return [_without_lengths(one) for one in schema] if isinstance(schema, list) else schema
