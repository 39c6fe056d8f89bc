"""Voter files by state: which column is what, how its flags are written, and how to tell the files apart.

Layouts: North Carolina State Board of Elections (`layout_ncvoter.txt`), Ohio Secretary of State (statewide voter file),
Florida Division of Elections (voter extract, no header), California counties on DFM's EIMS. Columns are found by name,
never by place, and unknown ones are kept: the column sets grow with each election.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.text.columns import ADDRESS, COMPANY

FIELDS = (
    "record_id", "status", "last_name", "first_name", "middle_name", "suffix", "birth_date", "birth_year", "gender",
    "party", "phone", "email", "registered_on", "county", "precinct", "address", "unit", "city", "state", "zip_code",
)  # fmt: skip
"""What is known of a voter, in the order in which it is stored."""


ProfileName = Literal["north_carolina", "ohio", "florida", "california_county", "generic"]


@dataclass(frozen=True)
class Flag:
    """The columns that may carry it, of which the first that is there counts, and the values that set it."""

    columns: tuple[str, ...]
    values: frozenset[str]
    """In upper case."""


@dataclass(frozen=True)
class Profile:
    """`columns` maps a field to the columns it is made of: each group is tried in turn, a group's parts are joined."""

    name: ProfileName
    title: str
    columns: Mapping[str, tuple[tuple[str, ...], ...]]
    signature: frozenset[str] = frozenset()
    """Canonical names that only this file has together."""
    protected: Flag | None = None
    """What marks a voter whose address is confidential."""
    removed: Flag | None = None
    """Likewise for who is no longer registered: kept, but in no household."""
    state: str | None = None
    """Where the file has no column for it."""
    counties: Mapping[str, str] = field(default_factory=dict)
    """Codes in place of names."""
    header: tuple[str, ...] | None = None
    """The names of the columns of a file that comes without them."""
    first_cells: re.Pattern[str] | None = None
    """What the first line of such a file looks like, cells joined by tabs."""


def one(*names: str) -> tuple[tuple[str, ...], ...]:
    """Alternatives of one column each."""
    return tuple((name,) for name in names)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


OHIO_COUNTIES = _names("""
Adams,Allen,Ashland,Ashtabula,Athens,Auglaize,Belmont,Brown,Butler,Carroll,Champaign,Clark,Clermont,Clinton,
Columbiana,Coshocton,Crawford,Cuyahoga,Darke,Defiance,Delaware,Erie,Fairfield,Fayette,Franklin,Fulton,Gallia,
Geauga,Greene,Guernsey,Hamilton,Hancock,Hardin,Harrison,Henry,Highland,Hocking,Holmes,Huron,Jackson,Jefferson,
Knox,Lake,Lawrence,Licking,Logan,Lorain,Lucas,Madison,Mahoning,Marion,Medina,Meigs,Mercer,Miami,Monroe,
Montgomery,Morgan,Morrow,Muskingum,Noble,Ottawa,Paulding,Perry,Pickaway,Pike,Portage,Preble,Putnam,Richland,
Ross,Sandusky,Scioto,Seneca,Shelby,Stark,Summit,Trumbull,Tuscarawas,Union,Van Wert,Vinton,Warren,Washington,
Wayne,Williams,Wood,Wyandot
""")
"""In the order of their numbers, from 1."""

FLORIDA_COUNTIES = dict(
    pair.split("=")
    for pair in _names("""
ALA=Alachua,BAK=Baker,BAY=Bay,BRA=Bradford,BRE=Brevard,BRO=Broward,CAL=Calhoun,CHA=Charlotte,CIT=Citrus,
CLA=Clay,CLL=Collier,CLM=Columbia,DAD=Miami-Dade,DES=DeSoto,DIX=Dixie,DUV=Duval,ESC=Escambia,FLA=Flagler,
FRA=Franklin,GAD=Gadsden,GIL=Gilchrist,GLA=Glades,GUL=Gulf,HAM=Hamilton,HAR=Hardee,HEN=Hendry,HER=Hernando,
HIG=Highlands,HIL=Hillsborough,HOL=Holmes,IND=Indian River,JAC=Jackson,JEF=Jefferson,LAF=Lafayette,LAK=Lake,
LEE=Lee,LEO=Leon,LEV=Levy,LIB=Liberty,MAD=Madison,MAN=Manatee,MRN=Marion,MRT=Martin,MON=Monroe,NAS=Nassau,
OKA=Okaloosa,OKE=Okeechobee,ORA=Orange,OSC=Osceola,PAL=Palm Beach,PAS=Pasco,PIN=Pinellas,POL=Polk,
PUT=Putnam,SAN=Santa Rosa,SAR=Sarasota,SEM=Seminole,STJ=St. Johns,STL=St. Lucie,SUM=Sumter,SUW=Suwannee,
TAY=Taylor,UNI=Union,VOL=Volusia,WAK=Wakulla,WAL=Walton,WAS=Washington
""")
)

NORTH_CAROLINA = Profile(
    name="north_carolina",
    title="North Carolina, ncvoter files",
    columns={
        "record_id": one("ncid"),
        "status": one("voter_status_desc", "status_cd"),
        "last_name": one("last_name"),
        "first_name": one("first_name"),
        "middle_name": one("middle_name"),
        "suffix": one("name_suffix_lbl"),
        "birth_year": one("birth_year"),
        "gender": one("gender_code"),
        "party": one("party_cd"),
        "phone": one("full_phone_number"),
        "registered_on": one("registr_dt"),
        "county": one("county_desc"),
        "precinct": one("precinct_abbrv"),
        "address": one("res_street_address"),
        "city": one("res_city_desc"),
        "state": one("state_cd"),
        "zip_code": one("zip_code"),
    },
    signature=frozenset({"ncid", "voterregnum", "resstreetaddress"}),
    protected=Flag(("confidential_ind",), frozenset({"Y"})),
    removed=Flag(("status_cd",), frozenset({"R"})),
    state="NC",
)

OHIO = Profile(
    name="ohio",
    title="Ohio, statewide voter file",
    columns={
        "record_id": one("SOS_VOTERID"),
        "status": one("VOTER_STATUS"),
        "last_name": one("LAST_NAME"),
        "first_name": one("FIRST_NAME"),
        "middle_name": one("MIDDLE_NAME"),
        "suffix": one("SUFFIX"),
        "birth_date": one("DATE_OF_BIRTH"),
        "party": one("PARTY_AFFILIATION"),
        "registered_on": one("REGISTRATION_DATE"),
        "county": one("COUNTY_NUMBER"),
        "precinct": one("PRECINCT_CODE", "PRECINCT_NAME"),
        "address": one("RESIDENTIAL_ADDRESS1"),
        "unit": one("RESIDENTIAL_SECONDARY_ADDR"),
        "city": one("RESIDENTIAL_CITY"),
        "state": one("RESIDENTIAL_STATE"),
        "zip_code": one("RESIDENTIAL_ZIP"),
    },
    signature=frozenset({"sosvoterid", "residentialaddress1", "countynumber"}),
    state="OH",
    counties={code: name for number, name in enumerate(OHIO_COUNTIES, 1) for code in {str(number), f"{number:02d}"}},
)

FLORIDA = Profile(
    name="florida",
    title="Florida, voter extract",
    columns={
        "record_id": one("Voter_ID"),
        "status": one("Voter_Status"),
        "last_name": one("Name_Last"),
        "first_name": one("Name_First"),
        "middle_name": one("Name_Middle"),
        "suffix": one("Name_Suffix"),
        "birth_date": one("Birth_Date"),
        "gender": one("Gender"),
        "party": one("Party_Affiliation"),
        "phone": (("Daytime_Area_Code", "Daytime_Phone_Number"),),
        "email": one("Email_Address"),
        "registered_on": one("Registration_Date"),
        "county": one("County_Code"),
        "precinct": one("Precinct"),
        "address": one("Residence_Address_Line_1"),
        "unit": one("Residence_Address_Line_2"),
        "city": one("Residence_City"),
        "state": one("Residence_State"),
        "zip_code": one("Residence_Zipcode"),
    },
    signature=frozenset({"countycode", "voterid", "requestedpublicrecordsexemption"}),
    protected=Flag(("Requested_Public_Records_Exemption",), frozenset({"Y"})),
    state="FL",
    counties=FLORIDA_COUNTIES,
    header=(
        "County_Code", "Voter_ID", "Name_Last", "Name_Suffix", "Name_First", "Name_Middle",
        "Requested_Public_Records_Exemption", "Residence_Address_Line_1", "Residence_Address_Line_2", "Residence_City",
        "Residence_State", "Residence_Zipcode", "Mailing_Address_Line_1", "Mailing_Address_Line_2",
        "Mailing_Address_Line_3", "Mailing_City", "Mailing_State", "Mailing_Zipcode", "Mailing_Country", "Gender",
        "Race", "Birth_Date", "Registration_Date", "Party_Affiliation", "Precinct", "Precinct_Group", "Precinct_Split",
        "Precinct_Suffix", "Voter_Status", "Congressional_District", "House_District", "Senate_District",
        "County_Commission_District", "School_Board_District", "Daytime_Area_Code", "Daytime_Phone_Number",
        "Daytime_Phone_Extension", "Email_Address",
    ),
    first_cells=re.compile(r"[A-Z]{3}\t\d{6,12}\t(?:[^\t]*\t){35}[^\t]*"),
)  # fmt: skip

CALIFORNIA_COUNTY = Profile(
    name="california_county",
    title="California, a county's file (DFM EIMS)",
    columns={
        "record_id": one("lVoterUniqueID"),
        "status": one("sStatusCode"),
        "last_name": one("szNameLast"),
        "first_name": one("szNameFirst"),
        "middle_name": one("szNameMiddle"),
        "suffix": one("sNameSuffix"),
        "birth_date": one("dtBirthDate"),
        "gender": one("sGender"),
        "party": one("szPartyName"),
        "phone": one("szPhone"),
        "email": one("szEmailAddress"),
        "registered_on": one("dtRegDate"),
        "precinct": one("sPrecinctID", "szPrecinctName"),
        "address": (
            ("sHouseNum", "sHouseFractionNum", "sPreDir", "szStreetName", "sStreetSuffix", "sPostDir"),
            ("szSitusAddress",),
        ),
        "unit": (("sUnitAbbr", "sUnitNum"),),
        "city": one("szSitusCity"),
        "state": one("sSitusState"),
        "zip_code": one("sSitusZip"),
    },
    signature=frozenset({"lvoteruniqueid", "sznamelast", "szsitusaddress"}),
    protected=Flag(("sConfidential",), frozenset({"Y", "T", "1", "TRUE"})),
    state="CA",
)

GENERIC = Profile(
    name="generic",
    title="any file with a header",
    columns={
        "record_id": one("record_id", "voter_id", "voterid", "id", "state_voter_id", "external_id"),
        "status": one("status", "voter_status"),
        "last_name": one("last_name", "lastname", "surname", "name_last"),
        "first_name": one("first_name", "firstname", "name_first"),
        "middle_name": one("middle_name", "middlename", "name_middle"),
        "suffix": one("suffix", "name_suffix"),
        "birth_date": one("birth_date", "birthdate", "date_of_birth", "dob"),
        "birth_year": one("birth_year", "year_of_birth", "yob"),
        "gender": one("gender", "sex"),
        "party": one("party", "party_affiliation", "party_code"),
        "phone": one(*COMPANY["phone"]),
        "email": one("email", "email_address"),
        "registered_on": one("registered_on", "registration_date", "date_registered"),
        "county": one(*ADDRESS["county"]),
        "precinct": one("precinct", "precinct_number", "precinct_name"),
        "address": (
            *one(*ADDRESS["address"]),
            ("house_number", "street"),
            ("house_number", "pre_direction", "street_name", "street_type", "post_direction"),
        ),
        "unit": (("unit",), ("apartment",), ("apt",), ("unit_type", "unit_number"), *one(*ADDRESS["unit"])),
        "city": one(*ADDRESS["city"]),
        "state": one(*ADDRESS["state"]),
        "zip_code": one(*ADDRESS["zip_code"]),
    },
    protected=Flag(
        (
            "confidential", "is_confidential", "confidential_ind", "confidential_flag", "sConfidential",
            "Requested_Public_Records_Exemption", "address_confidential", "protected",
        ),
        frozenset({"Y", "YES", "T", "TRUE", "1"}),
    ),
)  # fmt: skip

PROFILES: dict[str, Profile] = {
    profile.name: profile for profile in (NORTH_CAROLINA, OHIO, FLORIDA, CALIFORNIA_COUNTY, GENERIC)
}
