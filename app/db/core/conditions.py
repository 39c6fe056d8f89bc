"""SQL conditions for a WHERE clause, with numbered arguments."""

from __future__ import annotations

from typing import Any


def escape_like(text: str) -> str:
    """Return the text with those characters escaped that LIKE takes for wildcards."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


class Conditions:
    """Conditions joined by AND, and the values of their arguments from $1 on.

    Only conditions that were added appear in the text: a plan made for every possible filter at once would use no
    index. Usage::

        where = Conditions()
        where.add_if_given("j.status = {}", status)
        where.add("j.created_at > now() - interval '1 day'")
        total = await conn.fetchval(f"SELECT count(*) FROM jobs AS j WHERE {where}", *where.args)
        rows = await conn.fetch(f"SELECT * FROM jobs AS j WHERE {where} LIMIT {where.arg(limit)}", *where.args)
    """

    def __init__(self, args: list[Any] | None = None) -> None:
        """`args` is the list to append arguments to, if the conditions belong to a statement that has some already."""
        self._conditions: list[str] = []
        self.args: list[Any] = [] if args is None else args

    def arg(self, value: Any) -> str:
        """Append an argument and return its placeholder, such as `$3`."""
        self.args.append(value)
        return f"${len(self.args)}"

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition, in which `{}` (or `{0}`, `{1}` …) stands for the placeholders of the values."""
        text = condition.format(*map(self.arg, values)) if values else condition
        self._conditions.append(f"({text})")

    def add_if_given(self, condition: str, value: Any) -> None:
        """Add a condition with one value, unless the value is None."""
        if value is not None:
            self.add(condition, value)

    def __str__(self) -> str:
        """Return the SQL text, `true` if there are no conditions."""
        return " AND ".join(self._conditions) or "true"
