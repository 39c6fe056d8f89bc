"""The form of requests that a server with an OpenAI-compatible API accepts, learned from those that it refuses.

Servers differ in how they take a schema, a token limit and a temperature, and refuse what they do not know with a 400.
A parameter that was refused is not sent again; a refused request costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from providers.llm.base import Prompt

CAUSES = ("response_format", "schema", "json", "grammar", "max_completion_tokens", "temperature", "max_tokens")
"""Words in a refusal that name a part of the form."""
LENGTHS = ("maxLength", "minLength", "maxItems", "minItems")


class ResponseFormat(IntEnum):
    """How the schema is sent, the strictest way first."""

    SCHEMA = 0
    SCHEMA_WITHOUT_LENGTHS = 1
    JSON_OBJECT = 2
    PROMPT_ONLY = 3
    """In the prompt only, which contains it in any case."""


@dataclass(frozen=True)
class RequestForm:
    """The parameters that one server accepts."""

    format: ResponseFormat = ResponseFormat.SCHEMA
    limit: str = "max_tokens"
    temperature: bool = True

    def request(self, prompt: Prompt) -> dict[str, Any]:
        """Return the parameters of a chat completion, without the model."""
        request: dict[str, Any] = {"messages": list(prompt.messages), self.limit: prompt.answer_tokens}
        if self.temperature:
            request["temperature"] = 0
        if self.format is ResponseFormat.JSON_OBJECT:
            request["response_format"] = {"type": "json_object"}
        elif self.format is not ResponseFormat.PROMPT_ONLY:
            schema = prompt.schema if self.format is ResponseFormat.SCHEMA else _without_lengths(prompt.schema)
            request["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": prompt.schema_name, "strict": True, "schema": schema},
            }
        return request

    def adapted(self, refusal: str) -> RequestForm | None:
        """Return the form to try after a 400 with this message, or None if the request itself is at fault."""
        message = refusal.lower()
        if self.limit == "max_tokens" and "max_completion_tokens" in message:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in message:
            return replace(self, temperature=False)
        if self.format < ResponseFormat.PROMPT_ONLY:  # many servers do not say what they refuse
            return replace(self, format=ResponseFormat(self.format + 1))
        return None

    def names_cause(self, refusal: str) -> bool:
        """Return whether the message of a 400 says that the form is at fault, rather than this request."""
        message = refusal.lower()
        return any(word in message for word in CAUSES)

    def is_simpler_than(self, other: RequestForm) -> bool:
        """Return whether this form asks less of a server."""
        return (self.format, self.limit != "max_tokens", not self.temperature) > (
            other.format,
            other.limit != "max_tokens",
            not other.temperature,
        )


def _without_lengths(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_lengths(value) for key, value in schema.items() if key not in LENGTHS}
    return [_without_lengths(entry) for entry in schema] if isinstance(schema, list) else schema
