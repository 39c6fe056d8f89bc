"""Signals between two runs, and the notifications for them."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from typing import Any

import aiohttp
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call
from tests.servers.site import PAGES, Site


class Mailbox:
    """What an SMTP server was given."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append((envelope.rcpt_tos, message_from_bytes(content)))
        return "250 taken"


async def look(client: aiohttp.ClientSession, company: str) -> dict[str, Any]:
    asked = await call(client, "POST", "/api/signals", json={"company_id": company})
    job = await harness.follow(client, asked.json["job_id"])
    assert job["status"] == "completed", job
    result: dict[str, Any] = job["result"]
    return result


async def test_signals_since_the_last_run(
    settings: Settings, client: aiohttp.ClientSession, company: str, site: Site
) -> None:
    async with harness.worker(settings):
        first = await look(client, company)
        assert {signal["type"] for signal in first["signals"]} == {"hiring", "expansion"}
        same = await look(client, company)
        assert (same["new_signals"], same["seen_before"]) == (0, 2)
        site.pages["/news"] = PAGES["/news"].replace(
            "<h1>News</h1>",
            "<h1>News</h1><p>Acme Widgets has appointed Mary Jones as Chief Financial Officer.</p>"
            "<p>Our widgets are now also sold by Southern Traders.</p><p>They come in four new colours this spring.</p>"
            '<script src="https://widget.intercom.io/w.js"></script>',
        )
        changed = await look(client, company)
    found = {signal["type"]: signal for signal in changed["signals"]}
    assert set(found) == {"leadership", "site_change", "technology"}
    assert "Mary Jones" in found["leadership"]["evidence"]["quote"]
    assert found["technology"]["title"].endswith("Intercom")
    assert all(signal["evidence"]["url"] == f"{site.url}/news" for signal in found.values())
    listed = await call(client, "GET", "/api/signals", params={"type": "technology"})
    assert [signal["id"] for signal in listed.json["signals"]] == [found["technology"]["id"]]
    assert (await call(client, "GET", "/api/signals", params={"type": "gossip"})).status == 422


async def test_a_team_is_notified_once(
    settings: Settings, client: aiohttp.ClientSession, company: str, site: Site
) -> None:
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mailed = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "tp@example.org"})
    channels = [
        {"kind": "email", "target": "Sales@Example.org", "signals": ["hiring"]},
        {"kind": "email", "target": "other@example.org", "signals": ["funding"]},
    ]
    made = await call(client, "POST", "/api/v1/teams", json={"name": "Sales", "channels": channels})
    assert made.status == 201, made.raw
    async with harness.worker(mailed):
        assert (await look(client, company))["notifications"] == 1
        assert (await look(client, company))["notifications"] == 0

        async def arrived() -> bool:
            return bool(mailbox.letters)

        await harness.eventually(arrived)
    server.close()
    [(to, letter)] = mailbox.letters
    assert to == ["sales@example.org"] and letter["Subject"] == "Acme Widgets Ltd: Hiring"
    text = letter.get_payload(decode=True).decode()
    assert "We are hiring engineers for our new factory in York." in text and f"{site.url}/news" in text


async def test_teams(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    me = (await call(user_client, "GET", "/api/v1/me")).json
    hook = {"kind": "webhook", "target": "https://hooks.example/a"}
    body = {"name": "Sales", "members": [me["id"]], "channels": [hook]}
    assert (await call(user_client, "POST", "/api/v1/teams", json=body)).status == 403
    made = (await call(client, "POST", "/api/v1/teams", json=body)).json
    secret = made["channels"][0]["secret"]
    assert secret.startswith("whsec_")
    path = f"/api/v1/teams/{made['id']}"
    shown = (await call(user_client, "GET", path)).json
    assert shown["members"][0]["id"] == me["id"] and "secret" not in shown["channels"][0]
    assert (await call(client, "POST", "/api/v1/teams", json=body)).status == 409
    changed = await call(client, "PATCH", path, json={"members": [], "channels": [hook | {"signals": ["funding"]}]})
    assert changed.json["channels"][0].items() >= {"signals": ["funding"], "id": made["channels"][0]["id"]}.items()
    assert "secret" not in changed.json["channels"][0], "shown once"
    assert (await call(user_client, "GET", path)).status == 404
    for bad in (
        {"kind": "webhook", "target": "ftp://x.example"},
        {"kind": "email", "target": "nobody"},
        {"kind": "fax"},
    ):
        answer = await call(client, "PATCH", path, json={"channels": [bad]})
        assert answer.status == 422, answer.raw
    assert (await call(client, "DELETE", path)).status == 204
    assert (await call(client, "DELETE", path)).status == 404
