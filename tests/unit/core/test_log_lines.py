"""No value in a log can look like a separate line."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import structlog
from app import logs
logs.configure("INFO", json={json})
log = structlog.get_logger("test")
FORGED = "a\\n2026-01-01T00:00:00Z [critical ] forged \\x1b[2J\\r\\x85\\u2028b"
log.info("jobs_scheduled", name=FORGED, names=[FORGED], mapping={{FORGED: FORGED}})
import logging
logging.getLogger("library").warning("said %s", FORGED)
try:
    raise ValueError(FORGED)
except ValueError:
    log.exception("unexpected_error")
log.error("handler_failed", exception="Traceback\\n" + FORGED)
"""


def lines_of(json_lines: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(json=json_lines)], capture_output=True, text=True, check=True
    )
    return done.stderr.split("\n")


def test_text() -> None:
    lines = [line for line in lines_of(False) if line]
    assert not any(line.startswith(("2026-01-01", "\x1b")) for line in lines)
    assert not any(character in line for line in lines for character in "\x1b\r\x85\u2028")
    own = [line for line in lines if not line.startswith("    ")]
    assert len(own) == 4, own
    assert "\\n2026-01-01" in own[0]


def test_json() -> None:
    assert [json.loads(line)["event"] for line in lines_of(True) if line] == [
        "jobs_scheduled", "said a\n2026-01-01T00:00:00Z [critical ] forged \x1b[2J\r\x85\u2028b", "unexpected_error",
        "handler_failed",
    ]  # fmt: skip


LONG = """
import structlog
from app import logs
logs.configure("INFO", json={json})
log = structlog.get_logger("test")
log.info("jobs_scheduled", name="x" * 1_000_000, names=["x" * 1_000_000], short=["a", 1], number=5)
import logging
logging.getLogger("library").warning("said %s", "x" * 1_000_000)
try:
    raise ValueError("x" * 1_000_000)
except ValueError:
    log.exception("unexpected_error")
"""


def run_long(json_lines: bool) -> list[str]:
    script = LONG.format(json=json_lines)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return [line for line in done.stderr.split("\n") if line]


def test_long_fields_are_cut_and_say_so() -> None:
    assert sum(map(len, run_long(False))) < 60_000
    scheduled, library, unexpected = map(json.loads, run_long(True))
    assert scheduled["name"] == "x" * 4_000 + "… (996,000 characters more)"
    assert scheduled["names"] == "['" + "x" * 3_998 + "… (996,004 characters more)"
    assert (scheduled["short"], scheduled["number"]) == (["a", 1], 5)
    assert library["event"] == "said " + "x" * 3_995 + "… (996,005 characters more)"
    assert unexpected["exception"].endswith("x" * 20_000) and " characters before) …" in unexpected["exception"]
