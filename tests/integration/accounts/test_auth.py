"""API keys, users and permissions."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from app.db.accounts import admins, keys, users
from app.db.core.pool import Pool
from tests.integration.households.calls import call


async def make_user(client: aiohttp.ClientSession, email: str, role: str = "user") -> dict[str, Any]:
    response = await call(client, "POST", "/api/v1/users", json={"email": email, "name": "Someone", "role": role})
    assert response.status == 201
    user: dict[str, Any] = response.json
    return user


async def make_key(client: aiohttp.ClientSession, user_id: str | None = None) -> dict[str, Any]:
    response = await call(
        client, "POST", "/api/v1/keys", json={"name": "laptop"} | ({"userId": user_id} if user_id else {})
    )
    assert response.status == 201
    key: dict[str, Any] = response.json
    return key


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer tp_wrong", "Basic YTpi", "Bearer \xff\xfe"])
async def test_without_a_valid_key_it_is_401(client: aiohttp.ClientSession, header: str) -> None:
    response = await call(client, "GET", "/api/v1/me", headers={"Authorization": header})
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json
    assert problem["status"] == 401
    assert problem["error"] == problem["detail"]


async def test_me(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    assert ((await call(client, "GET", "/api/v1/me")).json)["role"] == "admin"
    assert ((await call(user_client, "GET", "/api/v1/me")).json)["role"] == "user"


async def test_a_user_is_created_given_a_key_and_changed(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    user = await make_user(client, "Ann@Example.com")
    assert (user["email"], user["role"], user["disabled"]) == ("ann@example.com", "user", False)
    again = await call(client, "POST", "/api/v1/users", json={"email": "ANN@example.com", "name": "Ann"})
    assert again.status == 409

    key = await make_key(client, user["id"])
    assert key["key"].startswith(key["prefix"] + "_") and len(key["key"]) == 3 + 8 + 1 + 43
    me = await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))
    assert me.json["id"] == user["id"]

    changed = await call(client, "PATCH", f"/api/v1/users/{user['id']}", json={"name": "Ann B.", "disabled": True})
    assert (changed.status, changed.json["name"]) == (200, "Ann B.")
    assert (await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))).status == 401
    assert (await call(client, "POST", "/api/v1/keys", json={"name": "x", "userId": user["id"]})).status == 422

    back = await call(client, "PATCH", f"/api/v1/users/{user['id']}", json={"disabled": False})
    assert back.json["disabled"] is False
    assert (await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))).status == 200

    actions = await db_pool.fetch("SELECT action FROM audit_log ORDER BY id")
    assert [row["action"] for row in actions] == ["USER_CREATED", "KEY_CREATED", "USER_UPDATED", "USER_UPDATED"]


async def test_only_the_hash_of_a_key_is_stored(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    key = await make_key(client)
    stored = await db_pool.fetchrow("SELECT * FROM api_keys WHERE prefix = $1", key["prefix"])
    assert stored is not None and stored["key_hash"] == keys.hash_key(key["key"])
    assert key["key"] not in str(dict(stored))
    listed = (await call(client, "GET", "/api/v1/keys")).raw.decode()
    assert key["key"] not in listed and key["prefix"] in listed


async def test_a_revoked_key_stops(client: aiohttp.ClientSession) -> None:
    key = await make_key(client)
    assert (await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))).status == 200
    assert (await call(client, "DELETE", f"/api/v1/keys/{key['id']}")).status == 204
    assert (await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))).status == 401
    assert (await call(client, "DELETE", f"/api/v1/keys/{key['id']}")).status == 404


async def test_the_use_of_a_key_is_recorded(client: aiohttp.ClientSession) -> None:
    key = await make_key(client)
    await call(client, "GET", "/api/v1/me", headers=bearer(key["key"]))
    listed = ((await call(client, "GET", "/api/v1/keys")).json)["keys"]
    [row] = [row for row in listed if row["id"] == key["id"]]
    assert row["lastUsedAt"].endswith("Z")


async def test_only_admins_may_do_this(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    me = (await call(user_client, "GET", "/api/v1/me")).json
    admin = (await call(client, "GET", "/api/v1/me")).json
    for method, path, body in [
        ("GET", "/api/v1/users", None),
        ("POST", "/api/v1/users", {"email": "x@example.com", "name": "X"}),
        ("PATCH", f"/api/v1/users/{me['id']}", {"role": "admin"}),
        ("POST", "/api/v1/keys", {"name": "x", "userId": admin["id"]}),
        ("GET", f"/api/v1/keys?userId={admin['id']}", None),
    ]:
        response = await call(user_client, method, path, json=body)
        assert response.status == 403, path


async def test_users_manage_only_their_own_keys(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    foreign = await make_key(client)
    own = await make_key(user_client)
    listed = (await call(user_client, "GET", "/api/v1/keys")).json
    assert own["id"] in {key["id"] for key in listed["keys"]}
    assert foreign["id"] not in {key["id"] for key in listed["keys"]}
    assert (await call(user_client, "DELETE", f"/api/v1/keys/{foreign['id']}")).status == 404
    assert (await call(user_client, "DELETE", f"/api/v1/keys/{own['id']}")).status == 204


async def test_the_last_admin_cannot_be_removed(client: aiohttp.ClientSession) -> None:
    admin = (await call(client, "GET", "/api/v1/me")).json
    [key] = ((await call(client, "GET", "/api/v1/keys")).json)["keys"]
    for attempt in (
        call(client, "PATCH", f"/api/v1/users/{admin['id']}", json={"role": "user"}),
        call(client, "PATCH", f"/api/v1/users/{admin['id']}", json={"disabled": True}),
        call(client, "DELETE", f"/api/v1/keys/{key['id']}"),
    ):
        assert (await attempt).status == 409
    second = await make_user(client, "second@example.com", "admin")
    assert (await call(client, "PATCH", f"/api/v1/users/{admin['id']}", json={"role": "user"})).status == 409, (
        "has no key yet"
    )
    await make_key(client, second["id"])
    assert (await call(client, "PATCH", f"/api/v1/users/{admin['id']}", json={"role": "user"})).status == 200
    assert (await call(client, "GET", "/api/v1/users")).status == 403


async def test_two_admins_cannot_remove_each_other_at_once(client: aiohttp.ClientSession) -> None:
    first = (await call(client, "GET", "/api/v1/me")).json
    second = await make_user(client, "second@example.com", "admin")
    key = await make_key(client, second["id"])
    answers = await asyncio.gather(
        call(client, "PATCH", f"/api/v1/users/{second['id']}", json={"role": "user"}),
        call(client, "PATCH", f"/api/v1/users/{first['id']}", json={"role": "user"}, headers=bearer(key["key"])),
    )
    # the second request is refused: its user is the last admin, or no longer one
    assert sorted(answer.status for answer in answers)[0] == 200
    assert sorted(answer.status for answer in answers)[1] in (403, 409)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "X"}, "email"),
        ({"email": "nobody", "name": "X"}, "email"),
        ({"email": "a b@example.com", "name": "X"}, "email"),
        ({"email": "x@example.com", "name": " "}, "name"),
        ({"email": "x@example.com", "name": "X", "role": "root"}, "role"),
        ({"email": "x@example.com", "name": "X", "colour": 1}, "colour"),
        ({"email": "x@example.com", "name": "X\0"}, "name"),
    ],
)
async def test_bad_users_name_the_field(client: aiohttp.ClientSession, body: dict[str, Any], field: str) -> None:
    response = await call(client, "POST", "/api/v1/users", json=body)
    assert response.status == 422
    assert [entry["field"] for entry in response.json["errors"]] == [field]


async def test_unknown_users_are_404(client: aiohttp.ClientSession) -> None:
    assert (await call(client, "PATCH", f"/api/v1/users/{uuid4()}", json={"name": "X"})).status == 404
    assert (await call(client, "PATCH", "/api/v1/users/nobody", json={"name": "X"})).status == 404
    assert (await call(client, "PATCH", f"/api/v1/users/{uuid4()}", json={})).status == 422


class TestEnsureAdmin:
    async def ensure(self, pool: Pool, key: str | None) -> str | None:
        async with pool.acquire() as conn, conn.transaction():
            return await admins.ensure_admin(conn, key)

    async def works(self, pool: Pool, key: str) -> bool:
        async with pool.acquire() as conn:
            live = await keys.find_live(conn, key)
        return live is not None and live.user.email == admins.ADMIN_EMAIL and live.user.is_admin

    async def test_makes_a_key_once(self, db_pool: Pool) -> None:
        made = await self.ensure(db_pool, None)
        assert made is not None and await self.works(db_pool, made)
        assert await self.ensure(db_pool, None) is None

    async def test_the_environment_rules(self, db_pool: Pool) -> None:
        made = await self.ensure(db_pool, None)
        assert made is not None
        for key in ("first-key-of-the-environment", "second-key-of-the-environment", "first-key-of-the-environment"):
            for _ in range(2):
                assert await self.ensure(db_pool, key) is None
            assert await self.works(db_pool, key)
        assert not await self.works(db_pool, "second-key-of-the-environment")
        assert await self.works(db_pool, made), "keys created in other ways stay"
        assert await self.ensure(db_pool, None) is None
        assert await self.works(db_pool, "first-key-of-the-environment")

    async def test_lets_a_locked_out_admin_in_again(self, db_pool: Pool) -> None:
        await self.ensure(db_pool, "first-key-of-the-environment")
        await db_pool.execute("UPDATE users SET disabled_at = now(), role = 'user'")
        await db_pool.execute("UPDATE api_keys SET revoked_at = now()")
        await self.ensure(db_pool, "first-key-of-the-environment")
        assert await self.works(db_pool, "first-key-of-the-environment")

    @pytest.mark.parametrize("key", ["too-short", "sixteen characters with spaces", "sixteen-characters-é"])
    async def test_bad_keys(self, db_pool: Pool, key: str) -> None:
        with pytest.raises(ValueError, match="TRIGPOINT_ADMIN_KEY must"):
            await self.ensure(db_pool, key)

    async def test_another_users_key(self, db_pool: Pool) -> None:
        async with db_pool.acquire() as conn:
            user = await users.insert(conn, "x@example.com", "X", "user")
            assert user is not None
            key = await keys.insert(conn, user.id, "x")
        with pytest.raises(ValueError, match="another user"):
            await self.ensure(db_pool, key.text)

    async def test_processes_that_start_together(self, db_pool: Pool) -> None:
        made = await asyncio.gather(*(self.ensure(db_pool, None) for _ in range(5)))
        assert len([key for key in made if key is not None]) == 1
