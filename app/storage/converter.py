"""Runs the process that converts a file, and bounds its time; what it writes is read as it comes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

import orjson

from app.domain.text.errors import NeedsOption, Unreadable
from app.storage.conversion.findings import Findings
from app.storage.conversion.request import ConversionRequest, FilePart
from app.storage.process_limits import isolated_environment

MAX_SECONDS = 900
BLOCK_BYTES = 1 << 20
MAX_REPORT_BYTES = 1_000_000


class Conversion:
    """One run of the process. Its methods block."""

    def __init__(self, request: ConversionRequest) -> None:
        self.findings = Findings()
        """What the process found out, once `blocks` has ended or failed."""
        self._request = request
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End the process, from any thread; `blocks` then raises Unreadable."""
        if self._process is not None:
            self._process.kill()

    def blocks(self) -> Iterator[bytes]:
        """Yield the converted file; the process ends with the iterator.

        Raises Unreadable where the file cannot be read, or takes more memory or time than one file may take.
        """
        with tempfile.TemporaryFile() as report:
            process = self._process = self._start(report)
            timer = threading.Timer(MAX_SECONDS, process.kill)
            timer.daemon = True
            timer.start()
            assert process.stdout is not None
            try:
                while block := process.stdout.read(BLOCK_BYTES):
                    yield block
                process.wait()
            finally:
                timer.cancel()
                process.kill()
                process.wait()
                process.stdout.close()
            self._read_report(report, process.returncode)

    def _start(self, report: IO[bytes]) -> subprocess.Popen[bytes]:
        folder = str(Path(self._request.path).parent)
        command = [sys.executable, "-m", "app.storage.conversion", orjson.dumps(asdict(self._request)).decode()]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=report,
            env=isolated_environment(folder),
            cwd=folder,
        )

    def _read_report(self, report: IO[bytes], code: int) -> None:
        """Raises Unreadable if the process failed."""
        report.seek(0, os.SEEK_END)
        report.seek(max(0, report.tell() - MAX_REPORT_BYTES))
        last = report.read().rpartition(b"\n")[2]
        try:
            found = orjson.loads(last)
            parts = [FilePart(part["name"], part["rows"]) for part in found["parts"]]
            self.findings = Findings(found["notes"], parts, found["part"], found["columns"])
        except (orjson.JSONDecodeError, TypeError, KeyError):
            found = {}
        if code == 0 and found:
            return
        if "error" in found:
            raise (NeedsOption if found["needsOption"] else Unreadable)(found["error"])
        way_out = "CSV" if self._request.format == "spreadsheet" else "GeoJSON"
        raise Unreadable(
            f"The {self._request.format} is damaged, or takes more memory or time than one file may take. Save it as"
            f" {way_out}, or split it."
        )
