"""`trigpoint keys`: create, list and revoke API keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli import output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.client import Client

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    user: Annotated[
        str | None,
        typer.Option(help="E-mail address of the key's owner (administrators only). A new user is created if needed."),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read, write or admin; repeatable. By default all that your own key has."),
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until the key expires.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Create a new user as an administrator.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key for yourself or for `--user ana@example.org`. It is shown only once."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            body: Json = {"name": name}
            if scope:
                body["scopes"] = scope
            if expires_in_days:
                body["expiresAt"] = (datetime.now(UTC) + timedelta(days=expires_in_days)).isoformat()
            if user:
                body["userId"] = await _user_id(client, user, admin=admin)
            return await client.request("POST", "/api/v1/keys", body=body)

    made = output.run(ask())
    if as_json:
        output.print_json(made)
    else:
        typer.echo(made["key"])
        typer.echo("Store it now: it is not shown again.", err=True)


@app.command("list")
def list_keys(url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """List API keys: your own, or all keys with an administrator's key. The keys themselves are not stored."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/keys")

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    fields = ("id", "prefix", "name", "userId", "scopes", "createdAt", "lastUsedAt", "expiresAt", "revokedAt")
    rows = [[_shown(made.get(field)) for field in fields] for made in page["keys"]]
    output.console().print(output.table(fields, rows))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id of the key, from `trigpoint keys list`.")],
    url: Url = URL,
    key: Key = None,
) -> None:
    """Revoke an API key. It stops working within seconds."""

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.request("DELETE", f"/api/v1/keys/{key_id}")

    output.run(ask())
    typer.echo(f"revoked {key_id}")


def _shown(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value


async def _user_id(client: Client, email: str, *, admin: bool) -> str:
    users = (await client.request("GET", "/api/v1/users"))["users"]
    for known in users:
        if known["email"].lower() == email.lower():
            return str(known["id"])
    made = await client.request(
        "POST",
        "/api/v1/users",
        body={"email": email, "name": email.partition("@")[0], "role": "admin" if admin else "user"},
    )
    typer.echo(f"created the user {email}", err=True)
    return str(made["id"])
