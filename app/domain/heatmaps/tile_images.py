"""PNG tiles of heat cells for web maps: 256 × 256 pixels, Web Mercator, numbered `z/x/y` like OpenStreetMap's."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds
from app.domain.heatmaps.grid import MICRODEGREES

TILE_PIXELS = 256
MAX_ZOOM = 22
MAX_CELLS_ACROSS = 600
"""Cells along a tile's side. Smaller cells, more than two per pixel, are not drawn."""

COLOURS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Colours of the scores 0, 25, 50, 75 and 100: viridis, which stays ordered in grey and for colour-blind readers."""
OPACITY = 160
NO_SCORE = 255
MIN_TILE_DEGREES = 1e-4
"""Height kept of a tile that lies beyond the northernmost or southernmost cells."""


def tile_degrees(zoom: int) -> float:
    """Return the width of a tile in degrees of longitude."""
    return 360 / (1 << zoom)


def is_drawable(zoom: int, step: float) -> bool:
    """Return whether cells of a step are large enough to be drawn at this zoom."""
    return tile_degrees(zoom) / step <= MAX_CELLS_ACROSS


def latitude(zoom: int, y: float) -> float:
    """Return the latitude of the upper edge of row `y` (slippy map tile names, wiki.openstreetmap.org)."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**zoom))))


def tile_bounds(zoom: int, x: int, y: int) -> Bounds:
    """Return the bounds of a tile, without the parts nearer to a pole than any cell."""
    south = min(max(latitude(zoom, y + 1), -MAX_LATITUDE), MAX_LATITUDE - MIN_TILE_DEGREES)
    north = max(min(latitude(zoom, y), MAX_LATITUDE), MIN_TILE_DEGREES - MAX_LATITUDE)
    return Bounds(south, x * tile_degrees(zoom) - 180, north, (x + 1) * tile_degrees(zoom) - 180)


def palette() -> tuple[bytes, bytes]:
    """Return the red, green and blue of each of 256 values, and the opacity of each; values above 100 are clear."""
    colours, opacities = bytearray(), bytearray()
    for score in range(256):
        position = min(score, 100) / 25
        low = min(int(position), len(COLOURS) - 2)
        share = position - low
        colours += bytes(round(a + (b - a) * share) for a, b in zip(COLOURS[low], COLOURS[low + 1], strict=True))
        opacities.append(OPACITY if score <= 100 else 0)
    return bytes(colours), bytes(opacities)


def render(zoom: int, x: int, y: int, step: float, cells: Sequence[tuple[float, float, int]]) -> bytes:
    """Return the tile as PNG; `cells` are (latitude, longitude, score). Blocks: call it in a thread."""
    import numpy as np
    from PIL import Image

    pixels = np.full((TILE_PIXELS, TILE_PIXELS), NO_SCORE, dtype=np.uint8)
    if cells:
        micro = round(step * MICRODEGREES)
        table = np.array(cells, dtype=np.float64)
        rows = np.floor(table[:, 0] * MICRODEGREES / micro).astype(np.int64)
        cols = np.floor(table[:, 1] * MICRODEGREES / micro).astype(np.int64)
        south, west = rows.min(), cols.min()
        scores = np.full((rows.max() - south + 2, cols.max() - west + 2), NO_SCORE, dtype=np.uint8)
        scores[rows - south, cols - west] = table[:, 2]
        centers = (np.arange(TILE_PIXELS) + 0.5) / TILE_PIXELS
        north = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + centers) / 2**zoom))))
        east = (x + centers) * tile_degrees(zoom) - 180
        # pixels outside the cells are mapped to the last row or column, which is empty
        down = np.floor(north * MICRODEGREES / micro).astype(np.int64) - south
        across = np.floor(east * MICRODEGREES / micro).astype(np.int64) - west
        down[(down < 0) | (down >= scores.shape[0])] = scores.shape[0] - 1
        across[(across < 0) | (across >= scores.shape[1])] = scores.shape[1] - 1
        pixels = scores[np.ix_(down, across)]
    image = Image.fromarray(pixels, mode="P")
    colours, opacities = palette()
    image.putpalette(colours)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=opacities)
    return out.getvalue()
