"""`trigpoint businesses`: businesses, their websites, and what these say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import imports, output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.progress import follow
from app.client import Client, Json
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.kinds import WEBSITE_KINDS

app = typer.Typer(help="Load businesses, have their websites looked at, and see what these say.", no_args_is_help=True)
app.command("import")(imports.businesses)

BusinessId = Annotated[str, typer.Argument(help="The business' id.")]
Status = Annotated[WebsiteStatus | None, typer.Option(help="What the last look at the website found.")]
HasWebsite = Annotated[bool | None, typer.Option("--website/--no-website", help="With a website, or without.")]
HasEmail = Annotated[bool | None, typer.Option("--email/--no-email", help="With an e-mail address found, or without.")]
HasSocial = Annotated[bool | None, typer.Option("--social/--no-social", help="With a profile found, or without.")]
Excluded = Annotated[bool | None, typer.Option("--excluded/--not-excluded", help="On an exclusion list, or on none.")]
Domain = Annotated[str | None, typer.Option(help="Registered domain of the website.")]
City = Annotated[str | None, typer.Option(help="City.")]
State = Annotated[str | None, typer.Option(help="State, as it was given.")]
Source = Annotated[str | None, typer.Option(help="Who told of it: rest, csv, a provider, or an import's --source.")]
Name = Annotated[str | None, typer.Option(help="Part of the name.")]
CheckedBefore = Annotated[str | None, typer.Option(help="Looked at before this time (ISO 8601), or never.")]
Priority = Annotated[int | None, typer.Option(min=1, max=9, help="Of the jobs; 1 first.")]


@app.command("list")
def list_businesses(
    status: Status = None,
    website: HasWebsite = None,
    email: HasEmail = None,
    social: HasSocial = None,
    excluded: Excluded = None,
    domain: Domain = None,
    city: City = None,
    state: State = None,
    source: Source = None,
    name: Name = None,
    checked_before: CheckedBefore = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List businesses, the newest first, with how their websites fare and how much was found there."""
    chosen = _filters(status, website, email, social, excluded, domain, city, state, source, name, checked_before)

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.get("/api/v1/businesses", {**chosen, "limit": limit, "offset": offset})

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (one["id"], one["name"], one["website"], one["websiteStatus"] or ("excluded" if one["excluded"] else None),
         one["city"], *(one["found"].get(kind) for kind in ("email", "social", "phone")))
        for one in page["businesses"]
    ]  # fmt: skip
    columns = ("id", "name", "website", "status", "city", "e-mails", "profiles", "phones")
    output.console().print(output.table(columns, rows))
    typer.echo(f"{len(rows)} of {page['total']}")


@app.command()
def show(business_id: BusinessId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a business with all that was found on its website, the surest first."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.get(f"/api/v1/businesses/{business_id}")

    one = output.run(ask())
    if as_json:
        output.print_json(one)
        return
    found = {"emails": "address", "socials": "url", "phones": "number"}
    facts = [(name, value) for name, value in one.items() if name not in found and value is not None]
    output.console().print(output.table(("field", "value"), facts))
    contacts = [(kind, entry[label], entry["confidence"]) for kind, label in found.items() for entry in one[kind]]
    if contacts:
        output.console().print(output.table(("found", "value", "confidence"), contacts))


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Its name.")],
    website: Annotated[str | None, typer.Option(help="Its website, or the domain alone.")] = None,
    external_id: Annotated[str | None, typer.Option(help="Your own id of it.")] = None,
    phone: Annotated[str | None, typer.Option(help="Telephone number.")] = None,
    category: Annotated[str | None, typer.Option(help="What it does.")] = None,
    address: Annotated[str | None, typer.Option(help="Street and number.")] = None,
    city: City = None,
    state: Annotated[str | None, typer.Option(help="State or region.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP or postal code.")] = None,
    country: Annotated[str | None, typer.Option(help="Its name or code, such as us.")] = None,
    priority: Priority = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Add a business, or tell more of one that is known, and have its website looked at."""
    told = {"name": name, "website": website, "externalId": external_id, "phone": phone, "category": category,
            "address": address, "city": city, "state": state, "zipCode": zip_code, "country": country}  # fmt: skip

    async def send() -> Json:
        async with Client(url, key) as client:
            params = {"priority": str(priority)} if priority else None
            return await client.post(
                "/api/v1/businesses", {field: value for field, value in told.items() if value}, params=params
            )

    made = output.run(send())
    if as_json:
        output.print_json(made)
        return
    typer.echo(f"{made['id']} {'added' if made['isNew'] else 'known'}{', excluded' if made['excluded'] else ''}")
    _tell(made["jobs"])


@app.command()
def export(
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file to write, as CSV.")],
    status: Status = None,
    website: HasWebsite = None,
    email: HasEmail = None,
    social: HasSocial = None,
    excluded: Excluded = None,
    domain: Domain = None,
    city: City = None,
    state: State = None,
    source: Source = None,
    name: Name = None,
    checked_before: CheckedBefore = None,
    url: Url = URL,
    key: Key = None,
) -> None:
    """Write businesses with what was found on their websites to a CSV file: `… export --email --out leads.csv`."""
    chosen = _filters(status, website, email, social, excluded, domain, city, state, source, name, checked_before)

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.download("/api/v1/businesses/export.csv", out, chosen)

    output.run(ask())


@app.command()
def validate(
    business_ids: Annotated[list[str] | None, typer.Argument(help="Their ids.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="All that have a website and are not excluded.")] = False,
    kinds: Annotated[
        list[str] | None, typer.Option("--type", help=f"{', '.join(WEBSITE_KINDS)}; repeatable; all three otherwise.")
    ] = None,
    priority: Priority = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the jobs to their ends; not with --all.")] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Have websites looked at again: whether they are there, and for addresses and profiles.

    With --watch the exit code is 1 where a job does not end well.
    """
    if bool(business_ids) == everybody:
        raise typer.BadParameter("say which: ids, or --all")
    if watch and everybody:
        raise typer.BadParameter("--watch follows the jobs of ids; of --all there may be any number")
    body: Json = {"all": True} if everybody else {"businessIds": business_ids}
    body |= {"jobTypes": kinds} if kinds else {}
    body |= {"priority": priority} if priority else {}

    async def send() -> tuple[Json, list[Json]]:
        done: Json = {"businesses": 0, "jobs": []}
        async with Client(url, key) as client:
            after = None
            while True:  # as many at a time as a request takes
                answer = await client.post("/api/v1/validations", body | ({"after": after} if after else {}))
                done = {"businesses": done["businesses"] + answer["businesses"], "jobs": done["jobs"] + answer["jobs"]}
                after = answer["next"]
                if after is None:
                    break
            console = None if as_json else output.console()
            return done, [await follow(client, one["jobId"], console) for one in done["jobs"]] if watch else []

    done, ended = output.run(send())
    if as_json:
        output.print_json(ended if watch else done)
    elif not watch:
        typer.echo(f"{len(done['jobs'])} jobs for {done['businesses']} businesses")
        if not everybody:
            _tell(done["jobs"])
    for job in () if as_json else ended:
        typer.echo(f"{job['type']}: {(job['result'] or {}).get('websiteStatus') or job.get('error') or job['status']}")
    if any(job["status"] != "completed" for job in ended):
        raise typer.Exit(output.FAILED)


def _tell(jobs: list[Json]) -> None:
    for job in jobs:
        typer.echo(f"{job['type']}: trigpoint jobs watch {job['jobId']}")


def _filters(
    status: WebsiteStatus | None,
    website: bool | None,
    email: bool | None,
    social: bool | None,
    excluded: bool | None,
    domain: str | None,
    city: str | None,
    state: str | None,
    source: str | None,
    name: str | None,
    checked_before: str | None,
) -> dict[str, str | int | None]:
    """What was asked for, as the query has it."""
    flags = {"hasWebsite": website, "hasEmail": email, "hasSocial": social, "excluded": excluded}
    texts = {"websiteStatus": status, "domain": domain, "city": city, "state": state, "source": source, "q": name,
             "checkedBefore": checked_before}  # fmt: skip
    return {**texts, **{flag: str(value).lower() for flag, value in flags.items() if value is not None}}
