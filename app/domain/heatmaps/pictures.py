"""Heat cells as PNG tiles of web maps: 256 pixels a side, Web Mercator, `z/x/y` as OpenStreetMap numbers them."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence

from app.domain.heatmaps.grid import FARTHEST_LATITUDE, MICRO, Bounds

SIZE = 256
DEEPEST = 22
MOST_ACROSS = 600
"""Cells along a tile's side; where there would be more, two in a pixel, nothing is drawn."""

COLOURS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Of scores 0, 25, 50, 75 and 100: viridis, which keeps its order in grey and for every kind of eyes."""
OPACITY = 160
NONE = 255
SLIVER = 1e-4
"""Degrees that are left of a tile beyond the last cells."""


def side(zoom: int) -> float:
    """Of a tile, in degrees of longitude."""
    return 360 / (1 << zoom)


def drawable(zoom: int, step: float) -> bool:
    """Whether cells of a step are large enough at this zoom."""
    return side(zoom) / step <= MOST_ACROSS


def latitude(zoom: int, y: float) -> float:
    """Of the upper edge of row `y` (slippy map tile names, wiki.openstreetmap.org)."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**zoom))))


def tile_bounds(zoom: int, x: int, y: int) -> Bounds:
    """Of a tile; what of it lies beyond the last cells of either pole is left out."""
    last = FARTHEST_LATITUDE
    south = min(max(latitude(zoom, y + 1), -last), last - SLIVER)
    north = max(min(latitude(zoom, y), last), SLIVER - last)
    return Bounds(south, x * side(zoom) - 180, north, (x + 1) * side(zoom) - 180)


def palette() -> tuple[bytes, bytes]:
    """Red, green and blue of every score, and its opacity."""
    colours, opacities = bytearray(), bytearray()
    for score in range(256):
        place = min(score, 100) / 25
        low = min(int(place), len(COLOURS) - 2)
        share = place - low
        colours += bytes(round(a + (b - a) * share) for a, b in zip(COLOURS[low], COLOURS[low + 1], strict=True))
        opacities.append(OPACITY if score <= 100 else 0)
    return bytes(colours), bytes(opacities)


def draw(zoom: int, x: int, y: int, step: float, cells: Sequence[Iterable[float]]) -> bytes:
    """The tile as PNG; `cells` are (latitude, longitude, score). Blocks: use it in a thread."""
    import numpy as np
    from PIL import Image

    pixels = np.full((SIZE, SIZE), NONE, dtype=np.uint8)
    if cells:
        micro = round(step * MICRO)
        found = np.array([tuple(cell) for cell in cells], dtype=np.float64)
        rows = np.floor(found[:, 0] * MICRO / micro).astype(np.int64)
        cols = np.floor(found[:, 1] * MICRO / micro).astype(np.int64)
        south, west = rows.min(), cols.min()
        scores = np.full((rows.max() - south + 2, cols.max() - west + 2), NONE, dtype=np.uint8)
        scores[rows - south, cols - west] = found[:, 2]
        middles = (np.arange(SIZE) + 0.5) / SIZE
        north = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + middles) / 2**zoom))))
        east = (x + middles) * side(zoom) - 180
        # what lies outside the cells is sent to the last row or column, where there are none
        down = np.floor(north * MICRO / micro).astype(np.int64) - south
        across = np.floor(east * MICRO / micro).astype(np.int64) - west
        down[(down < 0) | (down >= scores.shape[0])] = scores.shape[0] - 1
        across[(across < 0) | (across >= scores.shape[1])] = scores.shape[1] - 1
        pixels = scores[np.ix_(down, across)]
    image = Image.fromarray(pixels, mode="P")
    colours, opacities = palette()
    image.putpalette(colours)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=opacities)
    return out.getvalue()
