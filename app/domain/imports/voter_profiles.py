"""Profiles of voter files: which column holds which field, how flags are written, and how to recognise the file.

Layouts: North Carolina State Board of Elections (`layout_ncvoter.txt`), Ohio Secretary of State (statewide voter file),
Florida Division of Elections (voter extract, no header), California counties on DFM's EIMS. Columns are found by name,
never by position, and unknown ones are kept: the column sets grow with each election.
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
"""The fields of a voter, in the order in which they are stored."""


ProfileName = Literal["north_carolina", "ohio", "florida", "california_county", "generic"]


@dataclass(frozen=True)
class Flag:
    """The columns that may hold a flag, of which the first in the file counts, and the values that set it."""

    columns: tuple[str, ...]
    values: frozenset[str]
    """In upper case."""


@dataclass(frozen=True)
class VoterProfile:
    """`columns` maps a field to groups of columns: the first group in the file counts, and its cells are joined."""

    name: ProfileName
    title: str
    columns: Mapping[str, tuple[tuple[str, ...], ...]]
    signature: frozenset[str] = frozenset()
    """Canonical names of columns that only this file has together."""
    protected: Flag | None = None
    """Marks voters whose address is confidential."""
    removed: Flag | None = None
    """Marks voters who are no longer registered: they are kept, but belong to no household."""
    state: str | None = None
    """For files without a column for the state."""
    counties: Mapping[str, str] = field(default_factory=dict)
    """Names by the codes that the file uses."""
    header: tuple[str, ...] | None = None
    """The names of the columns, for files without a header."""
    first_cells: re.Pattern[str] | None = None
    """Matches the first line of such a file, its cells joined by tabs."""


def either(*names: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of one column each."""
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

NORTH_CAROLINA = VoterProfile(
    name="north_carolina",
    title="North Carolina, ncvoter files",
    columns={
        "record_id": either("ncid"),
        "status": either("voter_status_desc", "status_cd"),
        "last_name": either("last_name"),
        "first_name": either("first_name"),
        "middle_name": either("middle_name"),
        "suffix": either("name_suffix_lbl"),
        "birth_year": either("birth_year"),
        "gender": either("gender_code"),
        "party": either("party_cd"),
        "phone": either("full_phone_number"),
        "registered_on": either("registr_dt"),
        "county": either("county_desc"),
        "precinct": either("precinct_abbrv"),
        "address": either("res_street_address"),
        "city": either("res_city_desc"),
        "state": either("state_cd"),
        "zip_code": either("zip_code"),
    },
    signature=frozenset({"ncid", "voterregnum", "resstreetaddress"}),
    protected=Flag(("confidential_ind",), frozenset({"Y"})),
    removed=Flag(("status_cd",), frozenset({"R"})),
    state="NC",
)

OHIO = VoterProfile(
    name="ohio",
    title="Ohio, statewide voter file",
    columns={
        "record_id": either("SOS_VOTERID"),
        "status": either("VOTER_STATUS"),
        "last_name": either("LAST_NAME"),
        "first_name": either("FIRST_NAME"),
        "middle_name": either("MIDDLE_NAME"),
        "suffix": either("SUFFIX"),
        "birth_date": either("DATE_OF_BIRTH"),
        "party": either("PARTY_AFFILIATION"),
        "registered_on": either("REGISTRATION_DATE"),
        "county": either("COUNTY_NUMBER"),
        "precinct": either("PRECINCT_CODE", "PRECINCT_NAME"),
        "address": either("RESIDENTIAL_ADDRESS1"),
        "unit": either("RESIDENTIAL_SECONDARY_ADDR"),
        "city": either("RESIDENTIAL_CITY"),
        "state": either("RESIDENTIAL_STATE"),
        "zip_code": either("RESIDENTIAL_ZIP"),
    },
    signature=frozenset({"sosvoterid", "residentialaddress1", "countynumber"}),
    state="OH",
    counties={code: name for number, name in enumerate(OHIO_COUNTIES, 1) for code in {str(number), f"{number:02d}"}},
)

FLORIDA = VoterProfile(
    name="florida",
    title="Florida, voter extract",
    columns={
        "record_id": either("Voter_ID"),
        "status": either("Voter_Status"),
        "last_name": either("Name_Last"),
        "first_name": either("Name_First"),
        "middle_name": either("Name_Middle"),
        "suffix": either("Name_Suffix"),
        "birth_date": either("Birth_Date"),
        "gender": either("Gender"),
        "party": either("Party_Affiliation"),
        "phone": (("Daytime_Area_Code", "Daytime_Phone_Number"),),
        "email": either("Email_Address"),
        "registered_on": either("Registration_Date"),
        "county": either("County_Code"),
        "precinct": either("Precinct"),
        "address": either("Residence_Address_Line_1"),
        "unit": either("Residence_Address_Line_2"),
        "city": either("Residence_City"),
        "state": either("Residence_State"),
        "zip_code": either("Residence_Zipcode"),
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

CALIFORNIA_COUNTY = VoterProfile(
    name="california_county",
    title="California, a county's file (DFM EIMS)",
    columns={
        "record_id": either("lVoterUniqueID"),
        "status": either("sStatusCode"),
        "last_name": either("szNameLast"),
        "first_name": either("szNameFirst"),
        "middle_name": either("szNameMiddle"),
        "suffix": either("sNameSuffix"),
        "birth_date": either("dtBirthDate"),
        "gender": either("sGender"),
        "party": either("szPartyName"),
        "phone": either("szPhone"),
        "email": either("szEmailAddress"),
        "registered_on": either("dtRegDate"),
        "precinct": either("sPrecinctID", "szPrecinctName"),
        "address": (
            ("sHouseNum", "sHouseFractionNum", "sPreDir", "szStreetName", "sStreetSuffix", "sPostDir"),
            ("szSitusAddress",),
        ),
        "unit": (("sUnitAbbr", "sUnitNum"),),
        "city": either("szSitusCity"),
        "state": either("sSitusState"),
        "zip_code": either("sSitusZip"),
    },
    signature=frozenset({"lvoteruniqueid", "sznamelast", "szsitusaddress"}),
    protected=Flag(("sConfidential",), frozenset({"Y", "T", "1", "TRUE"})),
    state="CA",
)

GENERIC = VoterProfile(
    name="generic",
    title="any file with a header",
    columns={
        "record_id": either("record_id", "voter_id", "voterid", "id", "state_voter_id", "external_id"),
        "status": either("status", "voter_status"),
        "last_name": either("last_name", "lastname", "surname", "name_last"),
        "first_name": either("first_name", "firstname", "name_first"),
        "middle_name": either("middle_name", "middlename", "name_middle"),
        "suffix": either("suffix", "name_suffix"),
        "birth_date": either("birth_date", "birthdate", "date_of_birth", "dob"),
        "birth_year": either("birth_year", "year_of_birth", "yob"),
        "gender": either("gender", "sex"),
        "party": either("party", "party_affiliation", "party_code"),
        "phone": either(*COMPANY["phone"]),
        "email": either("email", "email_address"),
        "registered_on": either("registered_on", "registration_date", "date_registered"),
        "county": either(*ADDRESS["county"]),
        "precinct": either("precinct", "precinct_number", "precinct_name"),
        "address": (
            *either(*ADDRESS["address"]),
            ("house_number", "street"),
            ("house_number", "pre_direction", "street_name", "street_type", "post_direction"),
        ),
        "unit": (("unit",), ("apartment",), ("apt",), ("unit_type", "unit_number"), *either(*ADDRESS["unit"])),
        "city": either(*ADDRESS["city"]),
        "state": either(*ADDRESS["state"]),
        "zip_code": either(*ADDRESS["zip_code"]),
    },
    protected=Flag(
        (
            "confidential", "is_confidential", "confidential_ind", "confidential_flag", "sConfidential",
            "Requested_Public_Records_Exemption", "address_confidential", "protected",
        ),
        frozenset({"Y", "YES", "T", "TRUE", "1"}),
    ),
)  # fmt: skip

PROFILES: dict[str, VoterProfile] = {
    profile.name: profile for profile in (NORTH_CAROLINA, OHIO, FLORIDA, CALIFORNIA_COUNTY, GENERIC)
}
