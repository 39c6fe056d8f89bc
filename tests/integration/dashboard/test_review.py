"""The pages of the review queue: what is in it, deciding without scripts, and the next household."""

from __future__ import annotations

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests.integration.dashboard.conftest import Visitor
from tests.integration.households.calls import call

ROWS = [
    {"id": f"h-{n}", "address": f"{n} Main <St>", "city": "Durham", "state": "NC", "zipCode": "27701"} for n in (1, 2)
]
CANDIDATES = [{"address": "1 N Main St & Co", "latitude": 36.1, "longitude": -78.9}]


@pytest.fixture
async def queue(client: aiohttp.ClientSession, db_pool: Pool, settings: Settings) -> list[str]:
    """Two doubtful households: the first is on the map, the second has a candidate."""
    assert (await call(client, "POST", "/api/v1/households", json=ROWS)).status == 201
    first, second = [
        str(row["id"]) for row in await db_pool.fetch("SELECT id FROM households ORDER BY external_id, id")
    ]
    await db_pool.execute(
        """UPDATE households SET latitude = 36, longitude = -79, geocoded = true, accuracy = 'street',
               confidence = 0.4, geocoding_provider = 'census' WHERE id = $1""",
        first,
    )
    await db_pool.executemany(
        "INSERT INTO household_doubts (household_id, reason, detail) VALUES ($1, $2, $3::jsonb)",
        [
            (first, "uncertain", '{"confidence": 0.4}'),
            (second, "ambiguous", orjson.dumps({"candidates": CANDIDATES}).decode()),
        ],
    )
    return [first, second]


async def test_the_queue(admin: Visitor, user: Visitor, queue: list[str]) -> None:
    page = (await admin.get("/review")).text
    assert "1 Main &lt;St&gt;" in page and "The confidence is only 40%." in page
    assert "1 addresses of the reference data" in page or "fit equally well" in page
    only = (await admin.get("/review?reason=uncertain")).text
    assert queue[0] in only and queue[1] not in only
    assert (await admin.get("/review?reason=nothing")).status == 400
    shown = (await admin.get(f"/review/{queue[1]}")).text
    assert "1 N Main St &amp; Co" in shown and "Accept this place" not in shown
    theirs = (await user.get(f"/review/{queue[1]}")).text
    assert "1 N Main St" not in theirs, "the job's reference data are another user's"


async def test_a_place_from_another_users_reference_data_stays_theirs(
    admin: Visitor, user: Visitor, queue: list[str], db_pool: Pool
) -> None:
    for provider, found in (("local", "1 Private Rd"), ("census", "1 Public Rd")):
        detail = {"metres": 900, "provider": provider, "found": found, "latitude": 36.25, "longitude": -79}
        await db_pool.execute(
            """INSERT INTO household_doubts (household_id, reason, detail) VALUES ($1, 'disagreement', $2::jsonb)
               ON CONFLICT (household_id, reason) DO UPDATE SET detail = excluded.detail""",
            queue[0],
            orjson.dumps(detail).decode(),
        )
        mine, theirs = [(await visitor.get(f"/review/{queue[0]}")).text for visitor in (admin, user)]
        assert f"{provider} finds it 900 m away, at {found}." in mine and "36.25" in mine
        is_shown = provider == "census"
        assert (found in theirs, "36.25" in theirs) == (is_shown, is_shown)
        assert "900 m away" in theirs


async def test_decisions(admin: Visitor, queue: list[str], db_pool: Pool) -> None:
    first, second = (f"/review/{household}" for household in queue)
    assert "Reject this place?" in (await admin.post(first, form=first, decision="reject")).text
    wrong = await admin.post(second, form=second, decision="pin", latitude="north", longitude="1")
    assert wrong.status == 422 and "must be a number" in wrong.text
    done = await admin.post(first, form=first, decision="accept")
    assert done.location == second, "the next one in the queue"
    done = await admin.post(second, form=second, decision="pin", candidate="0")
    assert done.location == "/review"
    placed = await db_pool.fetchrow("SELECT latitude, geocoding_provider FROM households WHERE id = $1", queue[1])
    assert placed is not None and tuple(placed) == (36.1, "by hand")
    assert "Nothing to review" in (await admin.get("/review")).text
    rejected = await admin.post(first, form=first, decision="reject", confirmed="yes")
    assert rejected.status == 303
    assert await db_pool.fetchval("SELECT geocoded FROM households WHERE id = $1", queue[0]) is False
