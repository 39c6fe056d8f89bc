"""Counties by the codes that the voter files of their states have."""

from __future__ import annotations

from collections.abc import Mapping


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

FLORIDA_COUNTIES: Mapping[str, str] = dict(
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

OHIO_COUNTIES_BY_NUMBER: Mapping[str, str] = {
    code: name for number, name in enumerate(OHIO_COUNTIES, 1) for code in {str(number), f"{number:02d}"}
}
