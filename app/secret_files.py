"""Settings in files: `NAME_FILE` names a file with the value of `NAME`, as container platforms mount secrets."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from app.variables import PREFIX, InvalidSettings

SUFFIX = "_FILE"
OTHERS = ("DATABASE_URL", "REDIS_URL", "CRON_SECRET")
"""Settings without our prefix that may be secret."""
MAX_BYTES = 1 << 16


def read_secret_files(environment: MutableMapping[str, str]) -> None:
    """Set each variable whose `…_FILE` is set, and remove that one. Line breaks at the end of the file do not count.

    Raises InvalidSettings, whose lines show no content.
    """
    problems = []
    for name in sorted(name for name in environment if name.endswith(SUFFIX)):
        target = name.removesuffix(SUFFIX)
        if target not in OTHERS and not target.startswith(PREFIX):
            continue
        if target in environment:
            problems.append(f"{name} and {target} are both set: set one of them")
            continue
        try:
            content = Path(environment[name]).read_bytes()
        except OSError as error:
            problems.append(f"{name} names a file that cannot be read ({error.strerror}): {environment[name]}")
            continue
        value = content.decode(errors="replace").rstrip("\r\n") if len(content) <= MAX_BYTES else ""
        if not value or "\0" in value:
            problems.append(f"{name} names a file that is empty, too long or no text: {environment[name]}")
            continue
        environment[target] = value
        del environment[name]
    if problems:
        raise InvalidSettings(problems)
