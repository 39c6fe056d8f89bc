"""Messages about environment variables: which are invalid and what to set instead, and which nothing reads.

No message contains a value, because it may be secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

PREFIX = "TRIGPOINT_"
MIN_SIMILARITY, MIN_FOREIGN_SIMILARITY = 0.7, 0.85
"""Of the nearest name, for variables with our prefix and for others: those may well belong to another program."""
OF_KUBERNETES = re.compile(r".*_(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT(?:_[0-9]{1,5}_(?:TCP|UDP|SCTP)(?:_.*)?)?)")
"""Variables that Kubernetes sets in every container for each service, whatever its name begins with."""
_FIELD = re.compile(r'field "(\w+)"')

_TEXTS: Mapping[str, str] = {
    "missing": "is not set",
    "extra_forbidden": "is not a setting",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_type": "must be text",
    "dict_type": "must be a JSON object",
    "model_type": "must have the form {name}__<SETTING>",
}
"""By pydantic's type of error."""


class InvalidSettings(ValueError):
    """The environment is not one that the platform can start with. `problems` has a line for each variable."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class UnreadVariable:
    """A variable that looks like a setting and is none."""

    name: str
    nearest: str | None
    """The most similar name of a setting."""


def variable_of(path: Iterable[int | str]) -> str:
    """Return the variable of a field, from its path in pydantic's error. Fields with an alias have its name."""
    name = "__".join(str(part) for part in path)
    return name if name.isupper() else PREFIX + name.upper()


def describe_invalid(error: ValidationError, advice: Mapping[str, str]) -> list[str]:
    """Return one line for each invalid variable: its name, the problem, and from `advice` what to set."""
    lines = []
    for detail in error.errors(include_url=False, include_input=False):
        if not detail["loc"]:  # a rule on several variables, whose text names them
            lines.append(_describe_rule(_text_of(detail, "")))
            continue
        name = variable_of(detail["loc"])
        what_to_do = advice.get(name)
        lines.append(f"{name} {_text_of(detail, name)}" + (f": {what_to_do}" if what_to_do else ""))
    return lines


def describe_unreadable(error: SettingsError) -> str:
    """Return the line about a variable whose value is not the JSON that its field needs."""
    return _describe_rule(str(error))


def _describe_rule(text: str) -> str:
    """Return a text that names its variables, or that of pydantic-settings, which names a field."""
    found = _FIELD.search(text)
    return f"{variable_of([found[1]])} must be valid JSON" if found else text


def _text_of(detail: ErrorDetails, name: str) -> str:
    context: dict[str, Any] = detail.get("ctx", {})
    template = _TEXTS.get(detail["type"])
    if template is not None:
        return template.format(name=name, **context)
    return detail["msg"].removeprefix("Value error, ")


def find_unread(
    names: Iterable[str], known: Collection[str], prefixes: Collection[str], looks_known: Callable[[str], object]
) -> list[UnreadVariable]:
    """Return the variables that nothing reads: those with our prefix, and those that `looks_known` matches and that
    are almost the name of a setting. All variables that begin with one of the `prefixes` are read.
    """
    unread = []
    for name in sorted(names):
        is_ours = name.startswith(PREFIX)
        if name in known or name.startswith(tuple(prefixes)) or OF_KUBERNETES.fullmatch(name):
            continue
        if not is_ours and not looks_known(name):
            continue
        cutoff = MIN_SIMILARITY if is_ours else MIN_FOREIGN_SIMILARITY
        nearest = get_close_matches(name, sorted(known), n=1, cutoff=cutoff)
        if is_ours or nearest:
            unread.append(UnreadVariable(name, nearest[0] if nearest else None))
    return unread
