"""The columns that programs and registers export, by their names."""

from __future__ import annotations

import io

import pytest

from app.domain.addresses.columns import AddressColumns
from app.domain.imports.layout import recognise_voter_file
from app.domain.imports.parcels import NAMES as PARCELS
from app.domain.imports.survey import Survey
from app.domain.imports.voter_columns import VoterColumns
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.address_groups import part_of
from app.domain.websites.business_files import Columns as BusinessColumns

RENO = "12 Oak St, Reno, NV 89501"


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("VANID|Address|City|State/Province|Zip/Postal|Country", f"1|{RENO.split(', ')[0]}|Reno|NV|89501|US", RENO),
        ("Voter File VANID|vAddress|vCity|vState|vZip5|mAddress|mCity|mState|mZip5",
         "1|12 Oak St|Reno|NV|89501|PO Box 7|Elko|NV|89801", RENO),
        ("Record ID|First Name|Street Address|City|State/Region|Postal Code|Country/Region",
         "1|Ann|12 Oak St|Reno|Nevada|89501|United States", RENO),
        ("Id|Name|BillingStreet|BillingCity|BillingState|BillingPostalCode|ShippingStreet|ShippingCity",
         "1|A|12 Oak St|Reno|NV|89501|9 Elm Ave|Elko", RENO),
        ("Contact ID|Mailing Street|Mailing City|Mailing State/Province|Mailing Zip/Postal Code|Mailing Country",
         "1|12 Oak St|Reno|NV|89501|USA", RENO),
        ("Customer ID|Default Address Company|Default Address Address1|Default Address Address2|Default Address City|"
         "Default Address Province Code|Default Address Country Code|Default Address Zip",
         "1||12 Oak St||Reno|NV|US|89501", RENO),
        ("Name|Shipping Name|Shipping Street|Shipping City|Shipping Province|Shipping Zip|Shipping Country",
         "#1|A|12 Oak St|Reno|NV|89501|US", RENO),
        ("First Name|E-mail 1 - Value|Address 1 - Label|Address 1 - Street|Address 1 - City|Address 1 - Region|"
         "Address 1 - Postal Code|Address 1 - Country", "Ann|a@b.example|Home|12 Oak St|Reno|NV|89501|US", RENO),
        ("First Name|Business Street|Business City|Business State|Business Postal Code|Home Street|Home City|"
         "Home State|Home Postal Code|Home Phone",
         "Ann|9 Elm Ave|Elko|NV|89801|12 Oak St|Reno|NV|89501|775 555 0100", RENO),
        ("Email Address|Address|City|State|Zip", "a@b.example|12 Oak St|Reno|NV|89501", RENO),
        ("RESIDENTIAL_ADDRESS1|RESIDENTIAL_CITY|RESIDENTIAL_STATE|RESIDENTIAL_ZIP|MAILING_CITY|CITY",
         "12 Oak St|Reno|NV|89501|Elko|WARD CITY", RENO),
        ("city|address (home)|city (home)|state (home)|zip (home)", "HQ|12 Oak St|Reno|NV|89501", RENO),
        ("PERM_HOUSE_NUMBER|PERM_DESIGNATOR|PERM_DIRECTIONAL_PREFIX|PERM_STREET_NAME|PERM_STREET_TYPE|"
         "PERM_DIRECTIONAL_SUFFIX|PERM_CITY|PERM_ZIPCODE|MAIL_ADDRESS_1|MAIL_CITY",
         "12|1/2|N|Oak|St||Reno|89501|PO Box 7|Elko", "12 1/2 N Oak St, Reno, 89501"),
    ],
)  # fmt: skip
def test_addresses_of_exports(header: str, cells: str, line: str) -> None:
    columns = AddressColumns.find(header.split("|"), {})
    assert columns.address(cells.split("|"), "us", []).line == line


def voter(header: str, cells: str) -> dict[str, str]:
    raw = f"{header}\n{cells}\n".encode()
    survey = Survey()
    survey.feed(raw)
    layout = recognise_voter_file(survey, None, {})
    chunk = VoterReader(io.BytesIO(raw), layout, layout.start_position).chunk()
    return dict(zip(COLUMNS, chunk.rows.decode().rstrip("\n").split("\t")[1:], strict=False))


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("VUID|LAST_NAME|FIRST_NAME|DOB|PERM_HOUSE_NUMBER|PERM_DESIGNATOR|PERM_DIRECTIONAL_PREFIX|PERM_STREET_NAME|"
         "PERM_STREET_TYPE|PERM_DIRECTIONAL_SUFFIX|PERM_UNIT_NUMBER|PERM_CITY|PERM_ZIPCODE|MAIL_CITY",
         "7|Lee|Ann|19800203|12||N|Oak|St|||Austin|78701|Waco", ("7", "Lee", "12 N Oak St", "", "Austin", "78701")),
        ("RegistrantID|LastName|FirstName|AddressNumber|HouseFractionNumber|StreetDirPrefix|StreetName|StreetType|"
         "StreetDirSuffix|UnitNumber|City|Zip", "7|Lee|Ann|12|1/2|N|Oak|St||3|Davis|95616",
         ("7", "Lee", "12 1/2 N Oak St", "3", "Davis", "95616")),
        ("VoterID|LastName|FirstName|StreetNum|StreetDir|StreetName|StreetType|City|Zip|MailStreet1|MailCity",
         "7|Lee|Ann|12|N|Oak|St|Tulsa|74101|PO Box 1|Enid", ("7", "Lee", "12 N Oak St", "", "Tulsa", "74101")),
        ("IDENTIFICATION_NUMBER|LAST_NAME|HOUSE_NUMBER|HOUSE_NUMBER_SUFFIX|STREET_NAME|STREET_TYPE|DIRECTION|"
         "POST_DIRECTION|APT_NUM|CITY|ZIP|MAILING_ADDRESS_1|MAILING_CITY",
         "7|Lee|12||Oak|St|N||3|Norfolk|23501|PO Box 1|Salem", ("7", "Lee", "12 N Oak St", "3", "Norfolk", "23501")),
        ("VOTER_IDENTIFICATION_NUMBER|LAST_NAME|STREET_NUMBER|STREET_NAME|STREET_TYPE|CITY|ZIP_CODE",
         "7|Lee|12|Oak|St|Lansing|48933", ("7", "Lee", "12 Oak St", "", "Lansing", "48933")),
        ("REGISTRATION_NUMBER|LAST_NAME|RESIDENCE_HOUSE_NUMBER|RESIDENCE_STREET_NAME|RESIDENCE_STREET_SUFFIX|"
         "RESIDENCE_APT_UNIT_NBR|RESIDENCE_CITY|RESIDENCE_ZIPCODE|MAIL_CITY",
         "7|Lee|12|Oak|St|3|Macon|31201|Rome", ("7", "Lee", "12 Oak St", "3", "Macon", "31201")),
        ("VOTER ID|LAST NAME|FIRST NAME|ADDRESS NUMBER|ADDRESS UNIT|STREET NAME|TOWN|ZIP5",
         "7|Lee|Ann|12|3|Oak St|Hartford|06103", ("7", "Lee", "12 Oak St", "3", "Hartford", "06103")),
        ("VoterID|Last Name|Address 1|Address 2|City|Zip|Registered Precinct", "7|Lee|12 Oak St|Apt 3|Reno|89501|4",
         ("7", "Lee", "12 Oak St", "Apt 3", "Reno", "89501")),
        ("Elector Number Prefix|Elector Number|Elector Number Suffix|Elector Surname|Forename|Address1|PostCode",
         "AB1|7|0|Lee|Ann|12 Oak St|89501", ("AB1 7 0", "Lee", "12 Oak St", "", "", "89501")),
        ("voter id|last name|res street no|res street name|res town|res post code|mail city",
         "7|Lee|12|Oak St|Reno|89501|X", ("7", "Lee", "12 Oak St", "", "Reno", "89501")),
        ("SOS_VOTERID|last_name|Res Address|Res City|Res Zip|City", "7|Lee|12 Oak St|Reno|89501|Ward 3",
         ("7", "Lee", "12 Oak St", "", "Reno", "89501")),
    ],
)  # fmt: skip
def test_voter_files_of_states(header: str, cells: str, expected: tuple[str, ...]) -> None:
    row = voter(header, cells)
    assert tuple(row[name] for name in ("record_id", "last_name", "address", "unit", "city", "zip_code")) == expected


def test_a_mailing_address_is_no_residence() -> None:
    row = voter("voter_id|last_name|mailing street|mailing city|mail zip", "7|Lee|PO Box 1|Reno|89501")
    assert (row["address"], row["city"], row["zip_code"]) == ("", "", "")
    survey = Survey()
    survey.feed(b"voter_id,Mailing Address,Res Address,Mailing City,Res City\n")
    columns = VoterColumns(recognise_voter_file(survey, None, {}), {})
    assert {field: indexes for field, indexes in columns.located.columns.items()} == {
        "record_id": (0,), "address": (2,), "city": (4,),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("PARNO,SITUS_ADDR,SITUS_CITY,SITUS_ZIP,MAIL_ADDR,MAIL_CITY",
         {"id": 0, "address": 1, "city": 2, "zip_code": 3}),
        ("PARCELID,SITEADRESS,PLACENAME,ZIPCODE", {"id": 0, "address": 1, "zip_code": 3}),
        ("PARCEL_ID,PHY_ADDR1,PHY_CITY,PHY_ZIPCD,OWN_NAME,OWN_CITY",
         {"id": 0, "address": 1, "city": 2, "zip_code": 3, "owner": 4}),
        ("PRINT_KEY,LOC_ST_NBR,LOC_STREET,LOC_ZIP", {"id": 0, "house_number": 1, "street": 2, "zip_code": 3}),
        ("Prop_ID,OWNER_NAME,OWNER_ADDR,MAIL_CITY", {"id": 0, "owner": 1}),
    ],
)  # fmt: skip
def test_parcels_of_counties(header: str, expected: dict[str, int]) -> None:
    assert PARCELS.find(header.split(",")) == expected


def test_businesses_keep_the_parts_of_one_address_together() -> None:
    header = "Account Name,Website,Shipping Street,Shipping City,Billing Street,Billing City,Billing Zip,Phone"
    cells = "Acme,acme.example,9 Elm Ave,Elko,12 Oak St,Reno,89501,1"
    values = BusinessColumns(header.split(",")).values(cells.split(","))
    assert (values["address"], values["city"], values["zipCode"]) == ("12 Oak St", "Reno", "89501")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mailingcity", ("mailing", "city")), ("citymailing", ("mailing", "city")), ("resst", ("res", "state")),
        ("homephone", None), ("worknumber", None), ("emailaddress", None), ("mst", None), ("voterstatus", None),
        ("region", None), ("propertytype", None), ("businessextension", None), ("vzip5", ("v", "zip_code")),
    ],
)  # fmt: skip
def test_words_that_tell_addresses_apart(name: str, expected: tuple[str, str] | None) -> None:
    assert part_of(name) == expected


@pytest.mark.parametrize(
    ("header", "cells", "address"),
    [
        ("Company,Address Line 1,Address Line 2", "A,Flat 3,12 High Street", "Flat 3, 12 High Street"),
        ("Company,Address 1,Address 2", "A,12,High Street", "12 High Street"),
        ("Company,Address,Suite", "A,1 Main St,Suite 4", "1 Main St, Suite 4"),
        ("Company,Address,Suite", "A,1 Main St Suite 4,Suite 4", "1 Main St Suite 4"),
        ("Company,Address,Suite", "A,,Suite 4", "Suite 4"),
    ],
)
def test_the_second_line_of_the_address_of_a_business(header: str, cells: str, address: str) -> None:
    assert BusinessColumns(header.split(",")).values(cells.split(","))["address"] == address


@pytest.mark.parametrize("direction", ["SitusDirection", "Situs Dir Prefix", "SITUS_ST_DIR", "Situs_Street_Direction"])
def test_directions_of_parcels(direction: str) -> None:
    located = PARCELS.locate(["AIN", "SitusHouseNo", direction, "SitusStreet"])
    assert located.index("pre_direction") == 2 and located.index("street") == 3
