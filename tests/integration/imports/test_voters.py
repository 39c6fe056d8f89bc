"""Voter files of every layout: imported repeatedly, changed, and with data that must never be stored."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.db.core.pool import Pool
from tests import registers
from tests.integration.imports.conftest import Send

COUNT = 300
FILES = {
    "north_carolina": registers.delimited(
        registers.north_carolina(COUNT),
        registers.NORTH_CAROLINA_HEADER,
        delimiter="\t",
        encoding="latin-1",
        quoted=True,
    ),
    "ohio": registers.delimited(registers.ohio(COUNT), registers.OHIO_HEADER),
    "florida": registers.delimited(registers.florida(COUNT), delimiter="\t"),
    "california_county": registers.delimited(
        registers.california(COUNT), registers.CALIFORNIA_HEADER, delimiter="\t", encoding="cp1252"
    ),
    "generic": registers.table([registers.voter(n) for n in range(COUNT)], delimiter=";"),
}
PROTECTED = {"north_carolina": COUNT // 100, "florida": COUNT // 50}


async def households(pool: Pool) -> Counter[int]:
    """Return how many households have how many voters."""
    rows = await pool.fetch(
        "SELECT (SELECT count(*) FROM voters AS v WHERE v.household_id = h.id) AS voters FROM households AS h"
    )
    return Counter(row["voters"] for row in rows)


@pytest.mark.parametrize("profile", FILES)
async def test_layouts_are_recognised_and_repeats_change_nothing(profile: str, imported: Send, db_pool: Pool) -> None:
    protected = PROTECTED.get(profile, 0)
    job = await imported("voters", FILES[profile], form=True)
    result = job["result"]
    assert (result["profile"], result["read"], result["valid"], result["inserted"]) == (profile, COUNT, COUNT, COUNT)
    assert (result["rejected"], result["duplicateInFile"], result["protected"]) == (0, 0, protected)
    assert (job["totalItems"], job["processedItems"], job["failedItems"]) == (COUNT, COUNT, 0)
    assert result["summary"] == {}

    homes = await households(db_pool)
    assert result["householdsCreated"] == homes.total() and 0 not in homes
    assert sum(size * number for size, number in homes.items()) == COUNT - protected
    row = await db_pool.fetchrow(
        "SELECT * FROM voters WHERE NOT protected ORDER BY length(record_id), record_id OFFSET 6 LIMIT 1"
    )
    assert row is not None and row["last_name"].upper() in ("NGUYEN", "D'ANGELO") and row["zip_code"]
    before = await db_pool.fetch("SELECT * FROM voters ORDER BY record_id")

    again = (await imported("voters", FILES[profile]))["result"]
    assert (again["unchanged"], again["inserted"], again["updated"]) == (COUNT, 0, 0)
    assert (again["householdsCreated"], again["protected"]) == (0, protected)
    assert await db_pool.fetch("SELECT * FROM voters ORDER BY record_id") == before
    assert await households(db_pool) == homes
    assert await db_pool.fetchval("SELECT count(*) FROM import_seen") == 0


async def test_names_outside_ascii_survive_every_encoding(imported: Send, db_pool: Pool) -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        rows = [registers.voter(n, last_name="Müller-Peña") for n in range(3)]
        await imported("voters", registers.table(rows, encoding=encoding), source=encoding)
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE last_name = 'Müller-Peña'") == 9
    mixed = registers.table([registers.voter(1, last_name="Peña")], encoding="utf-8")
    mixed += registers.table([registers.voter(2, last_name="Müller")], encoding="cp1252").partition(b"\n")[2]
    await imported("voters", mixed, source="mixed")
    names = await db_pool.fetch("SELECT last_name FROM voters WHERE source = 'mixed' ORDER BY record_id")
    assert [row["last_name"] for row in names] == ["Peña", "Müller"]


async def test_two_versions_of_a_file(imported: Send, db_pool: Pool) -> None:
    first = [registers.voter(n) for n in range(100)]
    await imported("voters", registers.table(first))
    second = [registers.voter(n) for n in range(10, 110)]
    second[0]["party"] = "GRN"
    second[1]["last_name"] = "Married"
    result = (await imported("voters", registers.table(second)))["result"]
    assert (result["inserted"], result["updated"], result["unchanged"]) == (10, 2, 88)
    assert await db_pool.fetchval("SELECT count(*) FROM voters") == 110, "who is not in a file is not removed by it"


async def test_an_additional_column_is_kept_and_counts_as_a_change(imported: Send, db_pool: Pool) -> None:
    rows: list[dict[str, Any]] = [registers.voter(n) for n in range(4)]
    await imported("voters", registers.table(rows))
    grown = [row | {"GENERAL-11/05/2024": "X" if n else ""} for n, row in enumerate(rows)]
    result = (await imported("voters", registers.table(grown)))["result"]
    assert (result["updated"], result["unchanged"]) == (3, 1), "an empty cell is no change"
    found = await db_pool.fetchval("SELECT extra ->> 'GENERAL-11/05/2024' FROM voters WHERE record_id = 'V00000002'")
    assert found == "X"


async def test_spellings_of_one_address_share_a_household(imported: Send, db_pool: Pool) -> None:
    spellings = [
        {"address": "12 North Main Street", "unit": "Apt 4", "city": "Saint Paul", "state": "MN", "zip": "55101"},
        {"address": "12 N MAIN ST APT 4", "unit": "", "city": "ST PAUL", "state": "Minnesota", "zip": "55101-1234"},
        {"address": "12  n. main st.", "unit": "#4", "city": "St. Paul", "state": "mn", "zip": "551011234"},
        {"address": "12 N Main St", "unit": "4", "city": "", "state": "", "zip": "55101"},
    ]
    rows = [registers.voter(n, **spelling) for n, spelling in enumerate(spellings[:3])]
    rows.append(registers.voter(3, **{**spellings[0], "unit": "Apt 5"}))
    result = (await imported("voters", registers.table(rows)))["result"]
    assert result["householdsCreated"] == 2
    assert await households(db_pool) == Counter({3: 1, 1: 1})


async def test_moving_changes_the_household_and_empty_ones_are_deleted(imported: Send, db_pool: Pool) -> None:
    rows = [registers.voter(0, 1), registers.voter(1, 1), registers.voter(2, 2), registers.voter(3, 3)]
    await imported("voters", registers.table(rows))
    assert await households(db_pool) == Counter({2: 1, 1: 2})
    await db_pool.execute("UPDATE households SET latitude = 1, longitude = 2, geocoded = true")
    rows[2] = registers.voter(2, 1)
    result = (await imported("voters", registers.table(rows)))["result"]
    assert (result["updated"], result["unchanged"], result["householdsCreated"]) == (1, 3, 0)
    assert await households(db_pool) == Counter({3: 1, 1: 1})
    assert await db_pool.fetchval("SELECT bool_and(geocoded) FROM households"), "those who stayed are where they were"


async def test_a_household_from_elsewhere_stays_when_its_voters_go(imported: Send, db_pool: Pool) -> None:
    await imported("voters", registers.table([registers.voter(0, 1)]))
    await db_pool.execute("UPDATE households SET external_id = 'ours'")
    await imported("voters", registers.table([registers.voter(0, 2)]))
    assert await households(db_pool) == Counter({0: 1, 1: 1})


async def test_nothing_identifying_is_stored_of_protected_voters(imported: Send, db_pool: Pool) -> None:
    secret = {
        "address": "99 Hidden Hollow Lane",
        "last_name": "Zzyzx",
        "birth_date": "02/31/1999",
        "email": "a@b.example",
    }
    rows = [registers.voter(n, n, confidential="N", email="") for n in range(3)]
    rows[1] |= secret
    await imported("voters", registers.table(rows))
    assert await db_pool.fetchval("SELECT count(*) FROM households WHERE address ILIKE '%hidden%'") == 1
    rows[1]["confidential"] = "Y"
    job = await imported("voters", registers.table(rows))
    assert (job["result"]["protected"], job["result"]["updated"]) == (1, 1)
    row = await db_pool.fetchrow(
        "SELECT to_jsonb(v)::text AS all, protected FROM voters AS v WHERE record_id = 'V00000001'"
    )
    assert row is not None and row["protected"]
    everything = row["all"] + str(await db_pool.fetch("SELECT * FROM households")) + str(job)
    for value in secret.values():
        assert value not in everything
    assert await db_pool.fetchval("SELECT count(*) FROM households") == 2

    rows[1]["voter_id"] = ""
    lost = await imported("voters", registers.table(rows))
    kept = await db_pool.fetchval("SELECT cells::text FROM import_rejects")
    assert lost["result"]["rejected"] == 1 and lost["result"]["protected"] == 0
    for value in secret.values():
        assert value not in kept + str(lost)


SECRET = "99 Hidden Hollow Lane"


async def test_a_rejected_row_of_a_protected_voter_is_masked(imported: Send, client: Any, db_pool: Pool) -> None:
    """The report must not contain its cells, nor what remains of its line."""
    header = "voter_id,last_name,confidential,address,city\n"
    rows = [
        f"1,Zzyzx,Y,{SECRET},Concord,too much",
        f"1,Zzy,zx,Y,{SECRET},Concord",
        f"1,Y,{SECRET},Concord",
        f'1,"Zzy"zx,Y,{SECRET},Concord',
        f"1,Zzyzx\0,Y,{SECRET},Concord",
        f",Zzyzx,Y,{SECRET},Concord",
        "2,Open,N,1 Main St,Concord,too much",
    ]
    job = await imported("voters", (header + "\n".join(rows)).encode(), ends="failed")
    assert job["result"]["rejected"] == len(rows)
    async with client.get(f"/api/v1/jobs/{job['id']}/rejected.csv") as response:
        report = await response.text()
    async with client.get(f"/api/v1/jobs/{job['id']}/errors") as response:
        shown = await response.text()
    assert "Hidden" not in report + shown and "Zzy" not in report + shown
    assert "1 Main St" in report


async def test_stars_in_place_of_an_address_protect_too(imported: Send, db_pool: Pool) -> None:
    """As in the exports of county supervisors in Florida."""
    content = "VoterID,Last_Name,Residence_Address,City_Name\n1,Zzyzx,*** Protected ***,Cocoa\n2,Open,1 Main St,Cocoa\n"
    job = await imported("voters", content.encode())
    assert (job["result"]["protected"], job["result"]["householdsCreated"]) == (1, 1)
    assert await db_pool.fetchval("SELECT array_agg(last_name) FROM voters WHERE last_name IS NOT NULL") == ["Open"]


@pytest.mark.parametrize("flag", ["confidential_ind", "Is Confidential", "Requested_Public_Records_Exemption"])
async def test_a_flag_counts_whatever_the_profile(flag: str, imported: Send, db_pool: Pool) -> None:
    content = f"voter_id,address,city,{flag}\n1,{SECRET},Concord,Y\n2,1 Main St,Concord,N\n"
    job = await imported("voters", content.encode(), profile="generic")
    assert job["result"]["protected"] == 1
    assert await db_pool.fetchval("SELECT array_agg(address) FROM households") == ["1 Main St"]


async def test_removed_voters_have_no_household(imported: Send, db_pool: Pool) -> None:
    rows = list(registers.north_carolina(4))
    rows[0][registers.NORTH_CAROLINA_HEADER.index("status_cd")] = "R"
    await imported("voters", registers.delimited(rows, registers.NORTH_CAROLINA_HEADER, delimiter="\t"))
    homes = await db_pool.fetch("SELECT household_id IS NULL AS none FROM voters ORDER BY record_id")
    assert [row["none"] for row in homes] == [True, False, False, False]


async def test_the_first_of_several_rows_of_a_voter_counts(imported: Send, db_pool: Pool) -> None:
    rows = [registers.voter(n) for n in range(5_200)]
    rows[2] = rows[1] | {"party": "SECOND"}
    rows[5_100] = rows[3] | {"party": "SECOND"}  # in another chunk
    rows[5_101] = dict(rows[4])
    expected = {"read": 5_200, "valid": 5_200, "inserted": 5_197, "updated": 0, "unchanged": 0, "duplicateInFile": 3}
    dry = (await imported("voters", registers.table(rows), dryRun=True))["result"]
    assert {name: dry[name] for name in expected} == expected
    assert await db_pool.fetchval("SELECT (SELECT count(*) FROM voters) + (SELECT count(*) FROM households)") == 0

    job = await imported("voters", registers.table(rows))
    assert {name: job["result"][name] for name in expected} == expected
    assert job["result"]["householdsCreated"] == dry["householdsCreated"] == (await households(db_pool)).total()
    assert job["result"]["summary"]["duplicate_in_file"]["count"] == 3
    assert await db_pool.fetchval("SELECT count(*) FROM voters WHERE party = 'SECOND'") == 0
    again = (await imported("voters", registers.table(rows)))["result"]
    assert {**expected, "inserted": 0, "unchanged": 5_197} == {name: again[name] for name in expected}
    dry = (await imported("voters", registers.table(rows), dryRun=True))["result"]
    assert (dry["unchanged"], dry["duplicateInFile"], dry["inserted"]) == (5_197, 3, 0)


async def test_a_mapping_names_the_columns_of_any_file(imported: Send, db_pool: Pool) -> None:
    raw = b"Nr.;Surname;Lives at;Town;Post code\n7;Okafor;1 High Street;Concord;94520\n"
    mapping = (
        '{"recordId": "Nr.", "lastName": "Surname", "address": "Lives at", "city": "Town", "zipCode": "Post code"}'
    )
    result = (await imported("voters", raw, mapping=mapping, county="Contra Costa"))["result"]
    assert (result["inserted"], result["householdsCreated"]) == (1, 1)
    row = await db_pool.fetchrow("SELECT * FROM voters")
    assert row is not None
    assert (row["source"], row["record_id"], row["last_name"]) == ("generic:contra costa", "7", "Okafor")
    assert (row["address"], row["city"], row["county"]) == ("1 High Street", "Concord", "Contra Costa")


async def test_households_are_geocoded_afterwards(imported: Send, client: Any, db_pool: Pool) -> None:
    from tests import harness

    await imported("voters", registers.table([registers.voter(n) for n in range(40)]), geocodeAfter=True)
    async with client.get("/api/v1/jobs", params={"type": "geocode_households"}) as response:
        (job,) = (await response.json())["jobs"]
    job = await harness.follow(client, job["id"])
    assert job["status"] == "completed" and job["result"]["geocoded"] == 20
