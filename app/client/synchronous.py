"""`SyncClient`: the REST API as a class, for code without asyncio."""

from __future__ import annotations

from types import TracebackType

from app.client.asynchronous import TIMEOUT_SECONDS, Client
from app.client.portal import Portal
from app.client.synchronous_operations import SyncOperations


class SyncClient(SyncOperations):
    """All operations of one platform with one key, for any number of threads. Close it, or use it as `with`.

    The arguments and the errors are those of Client, which does the work in a thread. Do not use it inside of a running
    event loop: it would block the loop.
    """

    def __init__(self, url: str | None = None, key: str | None = None, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._portal = Portal()
        self._client = Client(url, key, timeout=timeout)

    def __enter__(self) -> SyncClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end the thread."""
        self._portal.call(self._client.aclose)
        self._portal.close()
