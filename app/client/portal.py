"""Run the client's event loop in a thread, for code without asyncio."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, ParamSpec, TypeVar

from app.client.downloads import Download
from app.client.files import Progress
from app.client.pages import Item, Page, Pages

T = TypeVar("T")
P = ParamSpec("P")


class Portal:
    """A thread with an event loop, which any number of threads may use at the same time."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="trigpoint-client", daemon=True)
        self._thread.start()

    def call(self, function: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a coroutine function and wait for its result.

        A callback in the argument `on_progress` is called in the calling thread, where it may use the client again.
        """
        waiting: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        if on_progress := kwargs.get("on_progress"):
            assert callable(on_progress)
            kwargs["on_progress"] = lambda *state: waiting.put(lambda: on_progress(*state))
        future: Future[T] = asyncio.run_coroutine_threadsafe(function(*args, **kwargs), self._loop)
        future.add_done_callback(lambda _: waiting.put(None))
        try:
            while (callback := waiting.get()) is not None:
                callback()
        except BaseException:  # of the callback, or Ctrl-C
            future.cancel()
            raise
        return future.result()

    def iterate(self, iterator: AsyncIterator[T]) -> Iterator[T]:
        """Yield what an async iterator yields; it is closed with this one."""
        end = object()

        async def following() -> T | object:
            return await anext(iterator, end)

        async def close() -> None:
            if (aclose := getattr(iterator, "aclose", None)) is not None:
                await aclose()

        try:
            while (item := self.call(following)) is not end:
                yield item  # type: ignore[misc]
        finally:
            self.call(close)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


class SyncPages(Generic[Page, Item]):
    """A list: `for item in pages` goes through all pages; `pages.page()` returns the first one.

    Nothing is requested before. Items are read by the cursor of each page where there is one, otherwise by offset.
    """

    def __init__(self, portal: Portal, pages: Pages[Page, Item]) -> None:
        self._portal = portal
        self._pages = pages

    def page(self) -> Page:
        """Return the page at the given `cursor` or `offset`, the first one without."""
        return self._portal.call(self._pages.page)

    def pages(self) -> Iterator[Page]:
        """Yield that page and all after it."""
        return self._portal.iterate(self._pages.pages())

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from self._pages.items_of(page)


class SyncDownload:
    """A file to be saved, read or iterated over. Nothing is requested before.

    A download that is cut short raises Incomplete.
    """

    def __init__(self, portal: Portal, download: Download) -> None:
        self._portal = portal
        self._download = download

    def save(self, path: str | os.PathLike[str], *, on_progress: Progress | None = None) -> Path:
        """Write the file, which appears at its path only when it is complete, and return the path."""
        return self._portal.call(self._download.save, path, on_progress=on_progress)

    def read(self) -> bytes:
        """Return the whole file."""
        return self._portal.call(self._download.read)

    def text(self) -> str:
        """Return the whole file as text."""
        return self._portal.call(self._download.text)

    def blocks(self, *, on_progress: Progress | None = None) -> Iterator[bytes]:
        """Yield the file in blocks of some 100 kB."""
        states: list[tuple[int, int | None]] = []
        blocks = self._download.blocks(on_progress=lambda done, total: states.append((done, total)))
        for block in self._portal.iterate(blocks):
            if on_progress is not None:
                on_progress(*states[-1])
            yield block
