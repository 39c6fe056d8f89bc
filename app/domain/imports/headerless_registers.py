"""The columns of registers that come without a header.

Florida: the voter extract of the Division of Elections (38 columns). New York: the State Board of Elections' voter file
as of 2022 (47 columns) and before (45). Pennsylvania: the full voter export of the Department of State (153 columns).
"""

from __future__ import annotations

_NEW_YORK_NAMES = ("LASTNAME", "FIRSTNAME", "MIDDLENAME", "NAMESUFFIX", "RADDNUMBER", "RHALFCODE")
_NEW_YORK_REST = (
    "RCITY", "RZIP5", "RZIP4", "MAILADD1", "MAILADD2", "MAILADD3", "MAILADD4", "DOB", "GENDER", "ENROLLMENT",
    "OTHERPARTY", "COUNTYCODE", "ED", "LD", "TOWNCITY", "WARD", "CD", "SD", "AD", "LASTVOTEDDATE", "PREVYEARVOTED",
    "PREVCOUNTY", "PREVADDRESS", "PREVNAME", "COUNTYVRNUMBER", "REGDATE", "VRSOURCE", "IDREQUIRED", "IDMET", "STATUS",
    "REASONCODE", "INACT_DATE", "PURGE_DATE", "SBOEID", "VOTERHISTORY",
)  # fmt: skip
NEW_YORK = (
    *_NEW_YORK_NAMES, "RPREDIRECTION", "RSTREETNAME", "RPOSTDIRECTION", "RAPARTMENTTYPE", "RAPARTMENT", "RADDRNONSTD",
    *_NEW_YORK_REST,
)  # fmt: skip
NEW_YORK_BEFORE_2022 = (
    *_NEW_YORK_NAMES, "RAPARTMENT", "RPREDIRECTION", "RSTREETNAME", "RPOSTDIRECTION", *_NEW_YORK_REST,
)  # fmt: skip
FLORIDA = (
    "County_Code", "Voter_ID", "Name_Last", "Name_Suffix", "Name_First", "Name_Middle",
    "Requested_Public_Records_Exemption", "Residence_Address_Line_1", "Residence_Address_Line_2", "Residence_City",
    "Residence_State", "Residence_Zipcode", "Mailing_Address_Line_1", "Mailing_Address_Line_2",
    "Mailing_Address_Line_3", "Mailing_City", "Mailing_State", "Mailing_Zipcode", "Mailing_Country", "Gender",
    "Race", "Birth_Date", "Registration_Date", "Party_Affiliation", "Precinct", "Precinct_Group", "Precinct_Split",
    "Precinct_Suffix", "Voter_Status", "Congressional_District", "House_District", "Senate_District",
    "County_Commission_District", "School_Board_District", "Daytime_Area_Code", "Daytime_Phone_Number",
    "Daytime_Phone_Extension", "Email_Address",
)  # fmt: skip
PENNSYLVANIA = (
    "ID Number", "Title", "Last Name", "First Name", "Middle Name", "Suffix", "Gender", "DOB", "Registration Date",
    "Voter Status", "Status Change Date", "Party Code", "House Number", "House Number Suffix", "Street Name",
    "Apartment Number", "Address Line 2", "City", "State", "Zip", "Mail Address 1", "Mail Address 2", "Mail City",
    "Mail State", "Mail Zip", "Last Vote Date", "Precinct Code", "Precinct Split ID", "Date Last Changed",
    "Custom Data 1",
    *(f"District {number}" for number in range(1, 41)),
    *(f"Election {number} {what}" for number in range(1, 41) for what in ("Vote Method", "Party")),
    "Home Phone", "County", "Mail Country",
)  # fmt: skip
