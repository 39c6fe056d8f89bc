"""`trigpoint businesses`: businesses, their websites, and the contacts found there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import imports, output
from app.cli.options import URL, AsJson, Key, Url
from app.cli.output import Json
from app.cli.progress import follow
from app.client import Client, new_key
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.kinds import WEBSITE_KINDS

app = typer.Typer(help="Add businesses, check their websites and list the contacts found there.", no_args_is_help=True)
app.command("import")(imports.businesses)

BusinessId = Annotated[str, typer.Argument(help="Id of the business.")]
Status = Annotated[WebsiteStatus | None, typer.Option(help="Result of the last website check.")]
HasWebsite = Annotated[bool | None, typer.Option("--website/--no-website", help="With a website, or without.")]
HasEmail = Annotated[bool | None, typer.Option("--email/--no-email", help="With an e-mail address found, or without.")]
HasSocial = Annotated[bool | None, typer.Option("--social/--no-social", help="With a profile found, or without.")]
Excluded = Annotated[bool | None, typer.Option("--excluded/--not-excluded", help="On an exclusion list, or on none.")]
Domain = Annotated[str | None, typer.Option(help="Registered domain of the website.")]
City = Annotated[str | None, typer.Option(help="City.")]
State = Annotated[str | None, typer.Option(help="State, as it was given.")]
Source = Annotated[
    str | None, typer.Option(help="Where it came from: rest, csv, a provider, or the --source of an import.")
]
Name = Annotated[str | None, typer.Option(help="Part of the name.")]
CheckedBefore = Annotated[str | None, typer.Option(help="Last checked before this time (ISO 8601), or never.")]
Priority = Annotated[int | None, typer.Option(min=1, max=9, help="Priority of the jobs; 1 runs first.")]


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
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of rows.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Number of rows to skip.")] = 0,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List businesses, newest first, with the status of their websites and the number of contacts found."""
    chosen = _filters(status, website, email, social, excluded, domain, city, state, source, name, checked_before)

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", "/api/v1/businesses", query={**chosen, "limit": limit, "offset": offset})

    page = output.run(ask())
    if as_json:
        output.print_json(page)
        return
    rows = [
        (
            business["id"],
            business["name"],
            business["website"],
            business["websiteStatus"] or ("excluded" if business["excluded"] else None),
            business["city"],
            *(business["found"].get(kind) for kind in ("email", "social", "phone")),
        )
        for business in page["businesses"]
    ]
    columns = ("id", "name", "website", "status", "city", "e-mails", "profiles", "phones")
    output.console().print(output.table(columns, rows))
    typer.echo(f"{len(rows)} of {page['total']}")


@app.command()
def show(business_id: BusinessId, url: Url = URL, key: Key = None, as_json: AsJson = False) -> None:
    """Show a business with all contacts found on its website, most reliable first."""

    async def ask() -> Json:
        async with Client(url, key) as client:
            return await client.request("GET", f"/api/v1/businesses/{business_id}")

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
    name: Annotated[str, typer.Argument(help="Name of the business.")],
    website: Annotated[str | None, typer.Option(help="Website or domain.")] = None,
    external_id: Annotated[str | None, typer.Option(help="Your own id for the business.")] = None,
    phone: Annotated[str | None, typer.Option(help="Telephone number.")] = None,
    category: Annotated[str | None, typer.Option(help="Category.")] = None,
    address: Annotated[str | None, typer.Option(help="Street and number.")] = None,
    city: City = None,
    state: Annotated[str | None, typer.Option(help="State or region.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP or postal code.")] = None,
    country: Annotated[str | None, typer.Option(help="Country name or code, such as us.")] = None,
    priority: Priority = None,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Add a business or update an existing one, and check its website."""
    given = {"name": name, "website": website, "externalId": external_id, "phone": phone, "category": category,
            "address": address, "city": city, "state": state, "zipCode": zip_code, "country": country}  # fmt: skip

    async def send() -> Json:
        async with Client(url, key) as client:
            params = {"priority": str(priority)} if priority else None
            return await client.request(
                "POST",
                "/api/v1/businesses",
                query=params,
                body={field: value for field, value in given.items() if value},
                idempotency_key=new_key(),
            )

    made = output.run(send())
    if as_json:
        output.print_json(made)
        return
    typer.echo(
        f"{made['id']} {'added' if made['isNew'] else 'already known'}{', excluded' if made['excluded'] else ''}"
    )
    _tell(made["jobs"])


@app.command()
def export(
    out: Annotated[Path, typer.Option(dir_okay=False, help="CSV file to write.")],
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
    """Export businesses with the contacts found to a CSV file: `… export --email --out leads.csv`."""
    chosen = _filters(status, website, email, social, excluded, domain, city, state, source, name, checked_before)

    async def ask() -> None:
        async with Client(url, key) as client:
            await client.download("/api/v1/businesses/export.csv", query=chosen).save(out)

    output.run(ask())


@app.command()
def validate(
    business_ids: Annotated[list[str] | None, typer.Argument(help="Ids of the businesses.")] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="All businesses with a website that are not excluded.")
    ] = False,
    kinds: Annotated[
        list[str] | None, typer.Option("--type", help=f"{', '.join(WEBSITE_KINDS)}; repeatable. Default: all three.")
    ] = None,
    priority: Priority = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait for the jobs to finish. Not available with --all.")
    ] = False,
    url: Url = URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Check websites again: are they reachable, and which e-mail addresses and profiles do they show?

    With --watch, the exit code is 1 if a job does not complete.
    """
    if bool(business_ids) == everybody:
        raise typer.BadParameter("pass business ids or --all")
    if watch and everybody:
        raise typer.BadParameter("--watch cannot be combined with --all; list the jobs with `trigpoint jobs list`")
    body: Json = {"all": True} if everybody else {"businessIds": business_ids}
    body |= {"jobTypes": kinds} if kinds else {}
    body |= {"priority": priority} if priority else {}

    async def send() -> tuple[Json, list[Json]]:
        done: Json = {"businesses": 0, "jobs": []}
        async with Client(url, key) as client:
            after = None
            while True:  # in batches of the maximum size of a request
                answer = await client.request(
                    "POST",
                    "/api/v1/validations",
                    body=body | ({"after": after} if after else {}),
                    idempotency_key=new_key(),
                )
                done = {"businesses": done["businesses"] + answer["businesses"], "jobs": done["jobs"] + answer["jobs"]}
                after = answer["next"]
                if after is None:
                    break
            console = None if as_json else output.console()
            return done, [await follow(client, job["jobId"], console) for job in done["jobs"]] if watch else []

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
    """Return the given filters as query parameters."""
    flags = {"hasWebsite": website, "hasEmail": email, "hasSocial": social, "excluded": excluded}
    texts = {"websiteStatus": status, "domain": domain, "city": city, "state": state, "source": source, "q": name,
             "checkedBefore": checked_before}  # fmt: skip
    return {**texts, **{flag: str(value).lower() for flag, value in flags.items() if value is not None}}
