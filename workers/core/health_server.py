"""Health checks and metrics of a worker over HTTP: `/livez`, `/readyz` and `/metrics`.

A thread answers, so that there is an answer even while the event loop is stalled, which is what `/livez` is about.
"""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from app import metrics
from app.queue.sender import Sender
from workers.core.worker import Worker

STALLED_SECONDS = 5.0
BEAT_SECONDS = 15.0
"""A worker without a heartbeat for this long is taken for dead by the others."""
READ_SECONDS = 5.0


class HealthServer:
    """Listens on `host` and `port` (0 picks a free one) until `close`. Raises OSError if the port is taken."""

    def __init__(self, worker: Worker, sender: Sender, host: str, port: int) -> None:
        self._worker, self._sender = worker, sender
        self._server = ThreadingHTTPServer((host, port), _handler(self))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def find_stall(self) -> str | None:
        """Return for how long the event loop has not run; None if that is not too long."""
        seconds = time.monotonic() - self._worker.lag.measured_at
        return f"the event loop has not run for {seconds:.0f} s" if seconds > STALLED_SECONDS else None

    def find_faults(self) -> dict[str, str]:
        """Return why the worker takes no jobs at the moment, by the part that is missing."""
        worker = self._worker
        faults: dict[str, str] = {}
        if (stall := self.find_stall()) is not None:
            faults["loop"] = stall
        if worker.stopping:
            faults["worker"] = "it is stopping"
        if worker.beat_at is None:
            faults["postgres"] = "the worker is not registered yet"
        elif (seconds := time.monotonic() - worker.beat_at) > BEAT_SECONDS:
            faults["postgres"] = f"no heartbeat could be sent for {seconds:.0f} s"
        if self._sender.fault is not None:
            faults["redis"] = self._sender.fault
        return faults


def _handler(health: HealthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = READ_SECONDS

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/livez":
                    stall = health.find_stall()
                    self._respond(503 if stall else 200, {"status": "stalled" if stall else "ok", "reason": stall})
                case "/readyz":
                    faults = health.find_faults()
                    status = "not ready" if faults else "ready"
                    self._respond(503 if faults else 200, {"status": status, "reasons": faults})
                case "/metrics":
                    self._send(200, metrics.CONTENT_TYPE, metrics.render())
                case _:
                    self._respond(404, {"error": "known are /livez, /readyz and /metrics"})

        do_HEAD = do_GET

        def _respond(self, status: int, body: dict[str, Any]) -> None:
            self._send(status, "application/json", orjson.dumps(body))

        def _send(self, status: int, media: str, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: probes come every few seconds."""

    return Handler
