"""Finds and opens the Chromium (or a browser based on it) that is installed on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
VARIABLE = "CHROMIUM"


def find() -> str | None:
    """Return the path of the browser that the environment names, or of a usual one; None without any."""
    if named := os.environ.get(VARIABLE):
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next((path for path in PATHS if Path(path).exists()), None)


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    path = find()
    assert path is not None, "no Chromium on this machine: `make browser` installs one"
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=[*sandbox, "--disable-dev-shm-usage", "--force-color-profile=srgb"]
        )
        try:
            yield browser
        finally:
            await browser.close()


if __name__ == "__main__":
    print(find() or "")
    raise SystemExit(find() is None)
