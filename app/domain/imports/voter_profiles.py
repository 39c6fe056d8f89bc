"""Profiles of voter files: which column holds which field, how flags are written, and how to recognise the file.

Layouts: North Carolina State Board of Elections (`layout_ncvoter.txt`), Ohio Secretary of State (statewide voter file),
Florida Division of Elections (voter extract, no header), California counties on DFM's EIMS, New York State Board of
Elections and Pennsylvania Department of State (both without a header), electoral registers of councils in the United
Kingdom. Columns are found by name,
never by position, and unknown ones are kept: the column sets grow with each election.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.imports import headerless_registers as registers
from app.domain.imports.county_codes import FLORIDA_COUNTIES, OHIO_COUNTIES_BY_NUMBER
from app.domain.text.columns import ADDRESS, COMPANY, STREET_PARTS, Vocabulary

FIELDS = (
    "record_id", "status", "last_name", "first_name", "middle_name", "suffix", "birth_date", "birth_year", "gender",
    "party", "phone", "email", "registered_on", "county", "precinct", "address", "unit", "city", "state", "zip_code",
)  # fmt: skip
"""The fields of a voter, in the order in which they are stored."""
FULL_NAME = "full_name"
"""What a mapping may name in place of the first, middle and last name."""


ProfileName = Literal[
    "north_carolina", "ohio", "florida", "california_county", "new_york", "pennsylvania", "united_kingdom", "generic"
]


@dataclass(frozen=True)
class Flag:
    """The columns that may hold a flag, of which the first in the file counts, and the values that set it."""

    columns: tuple[str, ...]
    values: frozenset[str]
    """In upper case."""


@dataclass(frozen=True)
class VoterProfile:
    """`columns` maps a field to groups of columns: the first group in the file counts, and its cells are joined.

    In a group, `name?` may be missing, and `@field` is any column for that field of an address.
    """

    name: ProfileName
    title: str
    columns: Mapping[str, tuple[tuple[str, ...], ...]]
    signature: frozenset[str] = frozenset()
    """Canonical names of columns that only this file has together."""
    other_signatures: tuple[frozenset[str], ...] = ()
    """Those of other versions of the file."""
    protected: tuple[str, ...] = ()
    """Columns that mark voters whose address is confidential, besides those with usual names of such flags."""
    removed: Flag | None = None
    """Marks voters who are no longer registered: they are kept, but belong to no household."""
    state: str | None = None
    """For files without a column for the state."""
    country: str = "us"
    """That of the addresses, an ISO 3166-1 code in lower case; empty where it is not known."""
    has_address_lines: bool = False
    """Whether the columns of the address are its lines, in which its parts have no fixed place."""
    full_name: tuple[str, ...] = ()
    """Columns of whole names, for files without first and last names."""
    surname_first: bool = False
    """Whether whole names without a comma begin with the last name."""
    counties: Mapping[str, str] = field(default_factory=dict)
    """Names by the codes that the file uses."""
    headers: tuple[tuple[str, ...], ...] = ()
    """The names of the columns, for files without a header; several for layouts that have changed."""
    delimiter: str = "\t"
    """That of such a file."""
    first_cells: Mapping[int, re.Pattern[str]] = field(default_factory=dict)
    """What some cells of the first row of such a file match, by their indexes."""

    def fits(self, names: Collection[str]) -> bool:
        """Whether a header with these canonical names is that of the file."""
        return any(signature and signature <= set(names) for signature in (self.signature, *self.other_signatures))


def either(*names: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of one column each."""
    return tuple((name,) for name in names)


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
    protected=("confidential_ind",),
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
    counties=OHIO_COUNTIES_BY_NUMBER,
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
    protected=("Requested_Public_Records_Exemption",),
    state="FL",
    counties=FLORIDA_COUNTIES,
    headers=(registers.FLORIDA,),
    first_cells={0: re.compile(r"[A-Z]{3}"), 1: re.compile(r"\d{6,12}")},
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
            ("sHouseNum", "sHouseFractionNum?", "sPreDir?", "szStreetName", "sStreetSuffix?", "sPostDir?"),
            ("szSitusAddress",),
        ),
        "unit": (("sUnitAbbr", "sUnitNum"),),
        "city": either("szSitusCity"),
        "state": either("sSitusState"),
        "zip_code": either("sSitusZip"),
    },
    signature=frozenset({"lvoteruniqueid", "sznamelast", "szsitusaddress"}),
    protected=("sConfidential",),
    state="CA",
)

NEW_YORK = VoterProfile(
    name="new_york",
    title="New York, statewide voter file",
    columns={
        "record_id": either("SBOEID"),
        "status": either("STATUS"),
        "last_name": either("LASTNAME"),
        "first_name": either("FIRSTNAME"),
        "middle_name": either("MIDDLENAME"),
        "suffix": either("NAMESUFFIX"),
        "birth_date": either("DOB"),
        "gender": either("GENDER"),
        "party": either("ENROLLMENT"),
        "registered_on": either("REGDATE"),
        "county": either("COUNTYCODE"),
        "precinct": either("ED"),
        "address": (("RADDNUMBER", "RHALFCODE?", "RPREDIRECTION?", "RSTREETNAME", "RPOSTDIRECTION?", "RADDRNONSTD?"),),
        "unit": (("RAPARTMENTTYPE?", "RAPARTMENT"),),
        "city": either("RCITY"),
        "zip_code": either("RZIP5"),
    },
    signature=frozenset({"sboeid", "raddnumber", "rstreetname"}),
    state="NY",
    headers=(registers.NEW_YORK, registers.NEW_YORK_BEFORE_2022),
    delimiter=",",
    first_cells={-2: re.compile(r"NY\d{18}")},
)

PENNSYLVANIA = VoterProfile(
    name="pennsylvania",
    title="Pennsylvania, full voter export",
    columns={
        "record_id": either("ID Number"),
        "status": either("Voter Status"),
        "last_name": either("Last Name"),
        "first_name": either("First Name"),
        "middle_name": either("Middle Name"),
        "suffix": either("Suffix"),
        "birth_date": either("DOB"),
        "gender": either("Gender"),
        "party": either("Party Code"),
        "phone": either("Home Phone"),
        "registered_on": either("Registration Date"),
        "county": either("County"),
        "precinct": either("Precinct Code"),
        "address": (("House Number", "House Number Suffix?", "Street Name"),),
        "unit": either("Apartment Number"),
        "city": either("City"),
        "state": either("State"),
        "zip_code": either("Zip"),
    },
    signature=frozenset({"idnumber", "housenumbersuffix", "precinctsplitid"}),
    state="PA",
    headers=(registers.PENNSYLVANIA,),
    first_cells={0: re.compile(r"\d{6,9}-\d{2}")},
)

UNITED_KINGDOM = VoterProfile(
    name="united_kingdom",
    title="United Kingdom, electoral register",
    columns={
        "record_id": (
            ("Elector Number Prefix", "Elector Number", "Elector Number Suffix?"), ("PD", "ENO"), ("Elector ID",),
            ("Elector Number",),
        ),
        "last_name": either("Elector Surname", "Surname", "Last Name"),
        "first_name": either("Elector Forename", "Forename", "Forenames", "First Name"),
        "middle_name": either("Elector Middle Name", "Middle Name", "Middle Names", "Initials"),
        "birth_date": either("Elector DOB", "DOB", "Date of Birth", "Date of Attainment"),
        "phone": either(*COMPANY["phone"]),
        "email": either("email", "email_address"),
        "precinct": either("Elector Number Prefix", "PD", "Polling District"),
        "address": (
            ("Address1", "Address2?", "Address3?", "Address4?", "Address5?", "Address6?", "Address7?"),
            ("PropertyAddress1", *(f"PropertyAddress{number}?" for number in range(2, 8))),
            *either("Address", "Full Address", "Property Address"),
        ),
        "city": either("Town", "Post Town", "City"),
        "zip_code": either("PostCode", "PropertyPostCode", "Postal Code"),
    },
    signature=frozenset({"electornumberprefix", "electornumber"}),
    other_signatures=(
        frozenset({"electornumber", "propertyaddress1"}), frozenset({"electornumber", "electormarkers"}),
        frozenset({"pd", "eno"}),
    ),
    country="gb",
    has_address_lines=True,
    full_name=("Elector Name", "Elector Full Name"),
    surname_first=True,
)  # fmt: skip
"""The layouts of the registration software of most councils: full registers and monthly updates."""

GENERIC = VoterProfile(
    name="generic",
    title="any file with a header",
    country="",
    full_name=("full_name", "voter_name", "elector_name", "person_name", "name"),
    columns={
        "record_id": either(
            "record_id", "voter_id", "voterid", "id", "state_voter_id", "external_id", "vuid", "registration_number",
            "voter_registration_number", "voter_reg_num", "reg_num", "voter_number", "vanid", "voter_file_vanid",
            "registrant_id", "voter_identification_number", "identification_number", "sos_voterid", "state_id",
            "state_file_id", "dwid", "lalvoterid", "display_id", "county_voter_id", "voter_num", "ncid", "id_number",
        ) + either("elector_number", "electoral_number"),
        "status": either("status", "voter_status", "status_code", "voter_status_code", "county_status",
        "registration_status", "voter_status_type_code", "status_desc"),
        "last_name": either("last_name", "lastname", "surname", "name_last", "lname", "last", "elector_surname",
        "family_name"),
        "first_name": either("first_name", "firstname", "name_first", "fname", "first", "elector_forename", "forename",
        "given_name"),
        "middle_name": either("middle_name", "middlename", "name_middle", "mname", "middle"),
        "suffix": either("suffix", "name_suffix"),
        "birth_date": either("birth_date", "birthdate", "date_of_birth", "dob", "elector_dob", "birthday"),
        "birth_year": either("birth_year", "year_of_birth", "yob", "dob_year", "birthyr", "year_born"),
        "gender": either("gender", "sex"),
        "party": either("party", "party_affiliation", "party_code", "political_party", "polit_aff",
        "political_affiliation", "enrollment"),
        "phone": either(*COMPANY["phone"]),
        "email": either("email", "email_address"),
        "registered_on": either("registered_on", "registration_date", "date_registered", "date_of_registration",
        "original_registration", "reg_date", "registr_dt", "effective_date_of_registration", "eff_regn_date",
        "eff_reg_date", "registration_dt", "orig_reg_date", "original_registration_date", "date_of_reg", "reg_dt",
        "voter_registration_date"),
        "county": either(*ADDRESS["county"], "locality_name", "county_code", "registration_county"),
        "precinct": either("precinct", "precinct_number", "precinct_name", "precinct_code", "registered_precinct",
        "voting_precinct", "precinct_id"),
        "address": (
            *either(*ADDRESS["address"]),
            (
                "@house_number", "@house_fraction?", "@pre_direction?", "@street", "@street_type?", "@post_direction?",
            ),
        ),
        "unit": (
            ("unit",), ("apartment",), ("apt",), ("unit_type", "unit_number"), ("RegUnitType?", "RegStUnitNum"),
            *either(*ADDRESS["unit"]),
        ),
        "city": either(*ADDRESS["city"]),
        "state": either(*ADDRESS["state"]),
        "zip_code": either(*ADDRESS["zip_code"]),
    },
)  # fmt: skip

VOTER_FIELDS = Vocabulary({field: () for field in (*FIELDS, *STREET_PARTS, FULL_NAME, "protected")}, ids=("record_id",))
"""What a mapping may name: the fields, the parts of the address, and the flag of confidential addresses."""
PROFILES: dict[str, VoterProfile] = {
    profile.name: profile
    for profile in (NORTH_CAROLINA, OHIO, FLORIDA, CALIFORNIA_COUNTY, NEW_YORK, PENNSYLVANIA, UNITED_KINGDOM, GENERIC)
}
