"""Static files: read and compressed once, and served under a version that changes with their content."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
COMPRESSED_SUFFIXES = (".woff2", ".png")
CACHE_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    media_type: str
    plain: bytes
    gzipped: bytes | None
    """None for formats that are compressed already."""


@dataclass(frozen=True)
class Assets:
    version: str
    by_path: dict[str, Asset]

    def url(self, path: str) -> str:
        """Return the path of a static file. Raises KeyError if there is no such file."""
        self.by_path[path]
        return f"/static/{self.version}/{path}"


@cache
def load_assets() -> Assets:
    found = dict(_walk(resources.files("app.web.dashboard") / "static", ""))
    version = sha256()
    for path in sorted(found):
        version.update(path.encode() + found[path].plain)
    return Assets(version.hexdigest()[:12], found)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _walk(entry, f"{path}/")
        else:
            found.append((path, _asset(path, entry.read_bytes())))
    return found


def _asset(path: str, plain: bytes) -> Asset:
    suffix = path[path.rfind(".") :]
    media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain; charset=utf-8"
    return Asset(media_type, plain, None if suffix in COMPRESSED_SUFFIXES else gzip.compress(plain, 9, mtime=0))


async def serve(request: Request) -> Response:
    """Serve the current file under any version: after a deploy, pages of the previous release are still open."""
    assets = load_assets()
    asset = assets.by_path.get(request.path_params["path"])
    if asset is None:
        return Response("File not found.", 404, media_type="text/plain")
    current = request.path_params["version"] == assets.version
    headers = {
        "Cache-Control": CACHE_FOREVER if current else "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.plain, headers=headers, media_type=asset.media_type)


async def favicon(request: Request) -> Response:
    return Response(load_assets().by_path["icon.svg"].plain, headers={"Cache-Control": "max-age=86400"},
                    media_type="image/svg+xml")  # fmt: skip
