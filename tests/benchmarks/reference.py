"""Reference data: the rate of imports, and how fast and how well the geocoder `local` answers from them.

`python -m tests.benchmarks.reference [--points 3000000] [--households 100000] [--file county.csv …]`. The points are
generated: towns with streets of common names, houses on both sides, all of it the same for a seed. Questions are made
from them: abbreviations, case, missing ZIP codes or towns, units, and a letter wrong. With `--file`, the accuracy is
also measured on files of counties.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
import psutil

from app.domain.vocabulary.distance import great_circle_metres
from tests.benchmarks import suggestions
from tests.benchmarks.report import line
from tests.harness import ADMIN_KEY, follow
from tests.processes import Platform, platform

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
HEADER = ("LON", "LAT", "NUMBER", "STREET", "UNIT", "CITY", "DISTRICT", "REGION", "POSTCODE", "ID", "HASH")
METRE = 1 / 111_195
QUESTIONS = 20_000
SINGLE = 500
PART = 10_000
WARM_UP = 2_000
"""Households of a job that loads the packaged tables before the memory is measured."""
RIGHT_METRES, NEAR_METRES = 30.0, 60.0
SUFFIXES = {
    "St": "Street", "Ave": "Avenue", "Rd": "Road", "Dr": "Drive", "Ln": "Lane", "Ct": "Court", "Blvd": "Boulevard",
    "Pl": "Place", "Cir": "Circle", "Way": "Way", "Trl": "Trail", "Ter": "Terrace",
}  # fmt: skip
DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}
NAMES = (
    "Oak", "Maple", "Cedar", "Pine", "Elm", "Walnut", "Birch", "Ash", "Cherry", "Willow", "Washington", "Lincoln",
    "Jefferson", "Madison", "Jackson", "Franklin", "Highland", "Lake", "Hill", "Park", "Church", "Main", "Mill",
    "River", "Spring", "Meadow", "Forest", "Sunset", "Ridge", "Valley", "Dogwood", "Magnolia", "Holly", "Hickory",
    "Chestnut", "Laurel", "Jasmine", "Rose", "Stone", "Brook", "Fox", "Deer", "Eagle", "Hawk", "Heron", "Robin",
    "Cardinal", "Summit", "Canyon", "Prairie",
)  # fmt: skip
ENDINGS = (
    "",
    "",
    "",
    " Hill",
    " Creek",
    " Grove",
    " Ridge",
    "wood",
    "field",
    "brook",
    "ton",
    "dale",
    " Hollow",
    "view",
)


@dataclass(frozen=True)
class Point:
    number: str
    before: str
    name: str
    suffix: str
    city: str
    state: str
    code: str
    latitude: float
    longitude: float

    @property
    def street(self) -> str:
        return " ".join(part for part in (self.before, self.name, self.suffix) if part)


def generate(count: int, seed: int = 1) -> Iterator[Point]:
    """Yield points of towns with several ZIP codes; a street name occurs once in a ZIP code, and in many of them."""
    made = town = 0
    choice = random.Random(seed)
    while made < count:
        town += 1
        city, state = (
            f"{choice.choice(NAMES)}{choice.choice(('ville', 'burg', ' Springs', ' City', 'port'))} {town}",
            "NC",
        )
        city = city.rsplit(" ", 1)[0] + "" if town <= 1 else f"{choice.choice(NAMES)}{_letters(town)}"
        south, west = 34.0 + (town % 40) * 0.06, -84.0 + (town // 40) * 0.12
        used: set[str] = set()
        for part in range(3):
            code = f"{27000 + (town * 3 + part) % 2000:05d}"
            for _ in range(60):
                if made >= count:
                    return
                street = _street(choice, used)
                for point in _houses(choice, street, city, state, code, south + part * 0.015, west):
                    yield point
                    made += 1
                    if made >= count:
                        return


def _letters(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 19)
        text += "bcdfghklmnprstvwxyz"[digit] + "aeiou"[digit % 5]
    return text


def _street(choice: random.Random, used: set[str]) -> tuple[str, str, str]:
    while True:
        if choice.random() < 0.12:
            name = f"{choice.randrange(1, 120)}"
            name += {1: "st", 2: "nd", 3: "rd"}.get(int(name) % 10 if int(name) % 100 not in (11, 12, 13) else 0, "th")
        else:
            name = choice.choice(NAMES) + choice.choice(ENDINGS)
        before = choice.choice(("N", "S", "E", "W")) if choice.random() < 0.15 else ""
        suffix = choice.choice(list(SUFFIXES))
        if f"{before} {name} {suffix}" not in used:
            used.add(f"{before} {name} {suffix}")
            return before, name, suffix


def _houses(
    choice: random.Random, street: tuple[str, str, str], city: str, state: str, code: str, south: float, west: float
) -> Iterator[Point]:
    """Yield the houses of a straight street, evens on one side, odds on the other, some numbers missing."""
    y, x = south + choice.random() * 0.012, west + choice.random() * 0.05
    east, north = choice.choice(((1, 0), (0, 1), (0.7, 0.7)))
    first, houses, step = choice.choice((1, 100, 200, 1000)), choice.randrange(6, 60), choice.choice((2, 2, 4, 6))
    along = 0.0
    for house in range(houses):
        along += choice.uniform(14, 30) / 2
        if choice.random() < 0.05:
            continue
        number = first + (house // 2) * step + house % 2
        across = 12.0 if house % 2 else -12.0
        yield Point(
            str(number), *street, city, state, code,
            y + (along * north + across * east) * METRE, x + (along * east - across * north) * METRE / 0.82,
        )  # fmt: skip


def write(points: Sequence[Point] | Iterator[Point], file: Path) -> int:
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        count = 0
        for count, point in enumerate(points, 1):
            house = (f"{point.longitude:.7f}", f"{point.latitude:.7f}", point.number, point.street.upper())
            writer.writerow((*house, "", point.city, "", point.state, point.code, count, ""))
    return count


def question(point: Point, choice: random.Random) -> tuple[str, dict[str, str]]:
    """Return the kind of a question for a point, and its address in fields."""
    kind = choice.choice(("plain", "words", "case", "no ZIP", "no city", "letter", "unit"))
    before, name, suffix = point.before, point.name, point.suffix
    if kind == "words":
        before, suffix = DIRECTIONS.get(before, before), SUFFIXES.get(suffix, suffix)
    if kind == "letter":
        name = misspell(name, choice)
    street = " ".join(part for part in (before, name, suffix) if part)
    fields = {"address": f"{point.number} {street}", "city": point.city, "state": point.state, "zipCode": point.code}
    if kind == "unit":
        fields["address"] += choice.choice((" Apt 4", ", Unit 12B", " #3"))
    if kind == "case":
        fields = {key: choice.choice((str.upper, str.lower))(text) for key, text in fields.items()}
    if kind == "no ZIP":
        del fields["zipCode"]
    if kind == "no city":
        del fields["city"]
    return kind, {key: text for key, text in fields.items() if text}


def misspell(name: str, choice: random.Random) -> str:
    """Return the name with one letter more, less, other or exchanged, but never in a number."""
    places = [index for index, letter in enumerate(name) if letter.isalpha()]
    if any(map(str.isdigit, name)) or len(places) < 3:
        return name
    index = choice.choice(places[1:])
    letter = choice.choice("abcdefghijklmnopqrstuvwxyz")
    kind = choice.choice(("more", "less", "other", "exchanged"))
    if kind == "more":
        return name[:index] + letter + name[index:]
    if kind == "less":
        return name[:index] + name[index + 1 :]
    if kind == "exchanged" and index + 1 < len(name):
        return name[:index] + name[index + 1] + name[index] + name[index + 2 :]
    return name[:index] + letter + name[index + 1 :]


def seconds(job: dict[str, Any]) -> float:
    return (datetime.fromisoformat(job["completedAt"]) - datetime.fromisoformat(job["startedAt"])).total_seconds()


async def import_file(http: aiohttp.ClientSession, file: Path, name: str) -> dict[str, Any]:
    with file.open("rb") as data:
        async with http.post("/api/v1/reference/import", data=data, params={"source": name}) as response:
            assert response.status == 202, await response.text()
            created = await response.json()
    job = await follow(http, created["jobId"], within=3_600)
    assert job["status"] == "completed", job
    return job


async def remove_all(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v1/reference") as response:
        sources = (await response.json())["sources"]
    for source in sources:
        async with http.delete(f"/api/v1/reference/{source['id']}") as response:
            assert response.status == 204


async def answers(http: aiohttp.ClientSession, asked: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(asked), 100):
        body = {"addresses": asked[start : start + 100], "providerId": "local", "useFallback": False}
        async with http.post("/api/v1/geocode", json=body) as response:
            assert response.status == 200, await response.text()
            found += (await response.json())["results"]
    return found


async def accuracy(http: aiohttp.ClientSession, points: Sequence[Point], questions: int, what: str) -> None:
    """All points are known: how many questions find their house, and how many a wrong one."""
    choice = random.Random(7)
    chosen = [choice.choice(points) for _ in range(questions)]
    asked = [question(point, choice) for point in chosen]
    rooftops, wrong, missed = 0, 0, Counter[str]()
    total = Counter(kind for kind, _ in asked)
    samples: list[str] = []
    for point, (kind, fields), found in zip(chosen, asked, await answers(http, [a for _, a in asked]), strict=True):
        if found["accuracy"] == "rooftop":
            rooftops += 1
            metres = great_circle_metres(point.latitude, point.longitude, found["latitude"], found["longitude"])
            if metres > RIGHT_METRES:
                wrong += 1
                samples.append(f"{fields} -> {found['matchedAddress']} ({metres:.0f} m)")
        else:
            missed[kind] += 1
            if missed[kind] <= 2:
                samples.append(f"{fields} -> {found['accuracy']} {found['matchedAddress']} {found['error']}")
    share = rooftops / questions
    line(f"{what}: rooftop", f"{share:.2%}", ">= 98 %", share >= 0.98)
    line(f"{what}: a wrong house, of 1,000", f"{1000 * wrong / questions:.2f}", "<= 1", wrong <= questions / 1000)
    print("  not rooftop by kind:", {kind: f"{count / total[kind]:.1%}" for kind, count in missed.items()})
    for sample in samples[:12]:
        print("   ", sample)


async def withheld(http: aiohttp.ClientSession, hidden: Sequence[Point], questions: int, what: str) -> None:
    """The points asked for are not known: how near the answers are, and that none claims to be the house."""
    choice = random.Random(8)
    chosen = [choice.choice(hidden) for _ in range(questions)]
    asked = [question(point, choice) for point in chosen]
    near = rooftop = 0
    labels = Counter[str]()
    samples: list[str] = []
    for point, (_, fields), found in zip(chosen, asked, await answers(http, [a for _, a in asked]), strict=True):
        labels[found["accuracy"]] += 1
        if found["accuracy"] == "rooftop":
            rooftop += 1
            samples.append(f"{fields} -> {found['matchedAddress']}")
        elif found["accuracy"] == "interpolated":
            metres = great_circle_metres(point.latitude, point.longitude, found["latitude"], found["longitude"])
            near += metres <= NEAR_METRES
    share = near / questions
    line(f"{what}, a fifth withheld: interpolated within 60 m", f"{share:.2%}", ">= 85 %", share >= 0.85)
    line(f"{what}, a fifth withheld: rooftop", f"{rooftop}", "0", rooftop == 0)
    print("  labels:", dict(labels))
    for sample in samples[:5]:
        print("   ", sample)


async def single(http: aiohttp.ClientSession, points: Sequence[Point]) -> None:
    """One question at a time, by the API."""
    choice = random.Random(9)
    taken = []
    for _ in range(SINGLE):
        _, fields = question(choice.choice(points), choice)
        start = time.perf_counter()
        async with http.post("/api/v1/geocode", json={**fields, "providerId": "local"}) as response:
            await response.read()
        taken.append((time.perf_counter() - start) * 1000)
    p95 = quantiles(taken, n=20)[-1]
    line("a single look-up over HTTP, p95, ms", f"{p95:.1f}", "<= 5", p95 <= 5)


async def geocode(http: aiohttp.ClientSession, precinct: str) -> str:
    """Return the id of a new job for the households of a precinct."""
    body = {"filters": {"precinctNumber": precinct}, "skipGeocoded": False}
    async with http.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202, await response.text()
        job_id: str = (await response.json())["jobId"]
        return job_id


async def households(running: Platform, http: aiohttp.ClientSession, points: Sequence[Point], count: int) -> None:
    """A job that saves what it finds, and how much more memory its worker takes than for a small one before it."""
    choice = random.Random(10)
    rows = []
    for number in range(count):
        _, fields = question(choice.choice(points), choice)
        rows.append({"id": f"h{number}", "precinctNumber": "all", **fields})
    rows += [{**row, "id": f"first-{row['id']}", "precinctNumber": "first"} for row in rows[:WARM_UP]]
    for start in range(0, len(rows), PART):
        async with http.post("/api/v1/households", json=rows[start : start + PART]) as response:
            assert response.status == 201, await response.text()
    await follow(http, await geocode(http, "first"), within=1_800)
    process = psutil.Process(running.workers[0].pid)
    before = most = process.memory_info().rss
    start_time = time.perf_counter()
    job_id = await geocode(http, "all")
    following = asyncio.create_task(follow(http, job_id, within=1_800))
    while not following.done():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(0.1)
    job = await following
    taken = time.perf_counter() - start_time
    target = 25 * count / 100_000
    line(f"{count:,} households, saved, s", f"{taken:.1f}", f"<= {target:g}", taken <= target)
    print("  ", json.dumps({name: job["result"][name] for name in ("byProvider", "byAccuracy")}))
    line(
        "  the worker's memory over that of a small job, MB",
        f"{(most - before) / 2**20:.0f}",
        "<= 60",
        (most - before) / 2**20 <= 60,
    )


async def generated(
    running: Platform, http: aiohttp.ClientSession, folder: Path, arguments: argparse.Namespace
) -> None:
    file = folder / "points.csv"
    count = write(generate(arguments.points), file)
    job = await import_file(http, file, "generated")
    rate = count / seconds(job)
    line(f"import of {count:,} points, rows/s", f"{rate:,.0f}", ">= 60,000", rate >= 60_000)
    points = list(generate(min(count, 300_000)))
    await single(http, points)
    await suggestions.suggest(http, points)
    await suggestions.reverse(http, points)
    await accuracy(http, points, arguments.questions, "generated")
    await households(running, http, points, arguments.households)
    await remove_all(http)
    small = points[:100_000]
    choice = random.Random(11)
    hidden = set(choice.sample(range(len(small)), len(small) // 5))
    write((p for i, p in enumerate(small) if i not in hidden), file)
    await import_file(http, file, "without a fifth")
    await withheld(http, [small[index] for index in hidden], arguments.questions // 4, "generated")
    await remove_all(http)


def read_county(file: Path) -> list[Point]:
    """Return the points of a CSV file with OpenAddresses' columns, each address once."""
    points: dict[tuple[str, str, str, str], Point] = {}
    with file.open(newline="") as source:
        for row in csv.DictReader(source):
            words = row["STREET"].split()
            before = words.pop(0) if len(words) > 2 and words[0].upper() in DIRECTIONS else ""
            suffix = words.pop() if len(words) > 1 else ""
            number = row["NUMBER"].strip()
            if not number or number == "0" or not words:
                continue
            point = Point(number, before, " ".join(words), suffix, row["CITY"], row["REGION"], row["POSTCODE"],
                          float(row["LAT"]), float(row["LON"]))  # fmt: skip
            points.setdefault((number, row["STREET"], row["CITY"], row["POSTCODE"]), point)
    return list(points.values())


async def county(http: aiohttp.ClientSession, folder: Path, file: Path, questions: int) -> None:
    points = read_county(file)
    choice = random.Random(12)
    hidden = set(choice.sample(range(len(points)), len(points) // 5))
    copy = folder / "county.csv"
    for what, known in (("all", points), ("part", [p for i, p in enumerate(points) if i not in hidden])):
        write([replace(p) for p in known], copy)
        await import_file(http, copy, file.stem)
        if what == "all":
            await accuracy(http, points, questions, file.stem)
        else:
            await withheld(http, [points[index] for index in hidden], questions, file.stem)
    await remove_all(http)


async def main(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"TRIGPOINT_GEOCODERS": "local,offline", "TRIGPOINT_UPLOADS_URL": (folder / "uploads").as_uri()}
        async with (
            platform(folder, env=env) as running,
            aiohttp.ClientSession(running.url, headers=HEADERS, timeout=aiohttp.ClientTimeout(total=None)) as http,
        ):
            if arguments.points:
                await generated(running, http, folder, arguments)
            for file in arguments.file:
                await county(http, folder, file, arguments.questions // 4)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=3_000_000)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--file", type=Path, action="append", default=[])
    asyncio.run(main(parser.parse_args()))
