"""Cells as JSON, GeoJSON and pictures, and their ETags."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest
import shapely
from PIL import Image

from app.db.core.pool import Pool
from app.domain.heatmaps import tile_images
from app.web.heatmaps import cells as web_cells
from tests.integration.heatmaps.conftest import CELLS, cells, computed
from tests.integration.households.calls import Answer, call
from workers.core.worker import Worker

Client = aiohttp.ClientSession

BBOX = "-86.90,21.10,-86.80,21.18"


async def read(client: Client, bbox: str = BBOX, headers: dict[str, str] | None = None, **params: str) -> Answer:
    return await call(client, "GET", "/api/heatmap", params={"bbox": bbox, **params}, headers=headers or {})


async def test_as_json(client: Client, worker: Worker, pois: int, db_pool: Pool) -> None:
    await computed(client)
    answer = (await read(client)).json
    assert (answer["total"], answer["gridStep"], answer["bbox"]) == (CELLS, 0.0025, [-86.9, 21.1, -86.8, 21.18])
    assert {(lat, lng): score for lat, lng, score in answer["cells"]} == await cells(db_pool)
    [region] = answer["regions"]
    assert region["cells"] == CELLS and region["method"] and region["constants"] and region["pois"] and region["jobId"]
    part = (await read(client, "-86.86,21.12,-86.85,21.13")).json
    assert part["total"] == 16 and all(21.12 < lat < 21.13 for lat, _, _ in part["cells"])
    nowhere = (await read(client, "10,10,11,11")).json
    assert (nowhere["total"], nowhere["cells"], nowhere["regions"]) == (0, [], [])


async def test_as_geojson(client: Client, worker: Worker, pois: int) -> None:
    await computed(client)
    answer = await read(client, format="geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    collection = answer.json
    assert collection["type"] == "FeatureCollection" and len(collection["features"]) == CELLS
    assert collection["regions"][0]["method"]
    squares = [shapely.from_geojson(str(feature["geometry"]).replace("'", '"')) for feature in collection["features"]]
    union = shapely.union_all(squares)
    assert union.bounds == (-86.9, 21.1, -86.8, 21.18), "they meet and cover the region"
    assert union.area == pytest.approx(0.1 * 0.08) and union.area == pytest.approx(sum(s.area for s in squares))
    assert all(shapely.is_ccw(square.exterior) for square in squares[:10])


async def test_etags(client: Client, worker: Worker, pois: int) -> None:
    await computed(client)
    first = await read(client)
    same = await read(client, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status, same.raw) == (304, b"")
    other = await read(client, headers={"If-None-Match": first.headers["ETag"]}, format="geojson")
    assert other.status == 200
    await computed(client, force=True)
    assert (await read(client, headers={"If-None-Match": first.headers["ETag"]})).status == 200


async def test_what_is_refused(client: Client, worker: Worker, pois: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for bbox in ("1,2,3", "a,b,c,d", "1,5,2,4", "1,2,1,3", "0,0,nan,1"):
        answer = await read(client, bbox)
        assert answer.status == 422 and "bbox" in answer.json["error"], (bbox, answer.json)
    assert (await read(client, gridStep="0.02")).status == 422
    assert (await call(client, "GET", "/api/heatmap")).status == 422
    await computed(client)
    monkeypatch.setattr(web_cells, "MAX_CELLS", 1_000)
    answer = await read(client)
    assert answer.status == 400 and answer.json["limit"] == 1_000 and "smaller bbox" in answer.json["error"]


def pixels(answer: Answer) -> Image.Image:
    assert answer.headers["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.raw)).convert("RGBA")


def colour(score: int) -> tuple[int, ...]:
    colours, opacities = tile_images.palette()
    return (*colours[3 * score : 3 * score + 3], opacities[score])


async def test_tiles(client: Client, worker: Worker, pois: int, db_pool: Pool) -> None:
    await computed(client)
    stored = await cells(db_pool)

    async def tile(path: str, **params: Any) -> Answer:
        return await call(client, "GET", f"/api/heatmap/tiles/{path}.png", **params)

    zoom, x, y = 12, 1059, 1801
    answer = await tile(f"{zoom}/{x}/{y}")
    image = pixels(answer)
    assert image.size == (256, 256)
    bounds = tile_images.tile_bounds(zoom, x, y)
    seen = 0
    for (lat, lng), score in stored.items():
        if bounds.contains(lat, lng):
            across = int((lng - bounds.west) / bounds.width * 256)
            down = min(range(256), key=lambda row: abs(tile_images.latitude(zoom, y + (row + 0.5) / 256) - lat))
            assert image.getpixel((across, down)) == colour(score)
            seen += 1
    assert seen > 100
    same = await tile(f"{zoom}/{x}/{y}", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status == 304
    for empty in (f"{zoom}/{x + 100}/{y}", "3/2/3", f"{zoom}/{x}/{y}"):
        params = {"gridStep": "0.01"} if empty == f"{zoom}/{x}/{y}" else {}
        assert pixels(await tile(empty, params=params)).getchannel("A").getextrema() == (0, 0), "transparent"
    assert (await tile("2/4/0")).status == 404
    for pole in ("0/0/0", "14/3/0", f"14/3/{2**14 - 1}", "22/0/0"):
        assert pixels(await tile(pole)).size == (256, 256)
    assert (await tile("2/1/1", params={"gridStep": "1"})).status == 422
    assert (await tile("a/1/1")).status == 404
