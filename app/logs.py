"""Structured logging: readable in a terminal, JSON lines with TRIGPOINT_LOG_JSON=true.

Events have constant names, so that alerts can match them; everything else is a field. All events are listed in
docs/logging.md.
"""

from __future__ import annotations

import codecs
import io
import logging
import re
import sys
from datetime import datetime
from typing import TextIO
from uuid import UUID

import structlog

from app.domain.text.truncation import truncate, truncate_start

_encode_escaped = codecs.getencoder("unicode_escape")  # found now: a process that ends finds no codec any more
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What begins a new line, or moves the cursor of a terminal."""
TRACEBACKS = ("exception", "stack")
"""Fields of several lines, which are indented instead."""
MAX_FIELD_CHARACTERS, MAX_TRACEBACK_CHARACTERS = 4_000, 20_000
"""Maximum characters of a field of a log line. Of a longer traceback, the end is kept."""
_SLACK_CHARACTERS = 250
"""Errors are cut by `outcomes.error_text` already, with a note and the kind of their job."""


def _limit_values(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Cut long values, and say in them how many characters were left out."""
    for name, value in event.items():
        if name in TRACEBACKS and isinstance(value, str):
            event[name] = truncate_start(value, MAX_TRACEBACK_CHARACTERS)
        elif isinstance(value, str):
            event[name] = truncate(value, MAX_FIELD_CHARACTERS, _SLACK_CHARACTERS)
        elif not isinstance(value, _SHORT_TYPES) and len(text := _text_of(value)) > MAX_FIELD_CHARACTERS:
            event[name] = truncate(text, MAX_FIELD_CHARACTERS)
    return event


_SHORT_TYPES = (bool, int, float, type(None), UUID, datetime)


def _text_of(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"({type(value).__name__} without a text: {type(error).__name__})"


def _escape_values(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape control characters in every value, because names and texts come from outside and could forge lines."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _indent(value) if name in TRACEBACKS else _escape(value)
    return event


def _escape(text: str) -> str:
    return _CONTROL.sub(lambda found: _encode_escaped(found[0])[0].decode(), text)


def _indent(text: str) -> str:
    return "\n".join(f"    {_escape(line)}" for line in text.split("\n"))


def _indented_traceback(target: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)  # structlog's default takes a second of CPU per traceback
    shown = truncate_start(text.getvalue().strip("\n"), MAX_TRACEBACK_CHARACTERS)
    target.write(f"\n{_indent(shown)}")


def _is_problem(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def configure(level: str, *, json: bool = False) -> None:
    """Configure logging for structlog and the standard library (including arq and uvicorn) at `level`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=_indented_traceback
        )
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        last += [structlog.processors.format_exc_info, _limit_values]
    else:
        last += [_limit_values, _escape_values]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, renderer]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("arq", "arq.worker", "arq.jobs", "uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("arq").setLevel(logging.WARNING)  # arq logs two lines per dispatch
    logging.getLogger("arq.worker").addFilter(_is_problem)  # arq's command line sets its level again
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # one line per model call; calls are recorded in the database
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # one line per request
