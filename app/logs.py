"""Structured logging: readable in a terminal, JSON lines with TRIGPOINT_LOG_JSON=true.

Events have constant names, so that alerts can match them; everything else is a field. All events are listed in
docs/logging.md.
"""

from __future__ import annotations

import logging
import sys

import structlog


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
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            exception_formatter=structlog.dev.plain_traceback,  # the default takes a second of CPU per traceback
        )
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        last.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, renderer]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("arq", "arq.worker", "arq.jobs", "uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("arq").setLevel(logging.WARNING)  # arq logs two lines per dispatch
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # one line per model call; calls are recorded in the database
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # one line per request
