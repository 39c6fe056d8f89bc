"""`trigpoint examples`: the files that the documentation uses."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Annotated

import typer

from app.cli import output

VOTERS = """county_id\tcounty_desc\tvoter_reg_num\tncid\tlast_name\tfirst_name\tstatus_cd\tres_street_address\
\tres_city_desc\tstate_cd\tzip_code\tconfidential_ind\tbirth_year\tprecinct_abbrv
60\tMECKLENBURG\t000000000001\tAB1\tSMITH\tMARY\tA\t600 E 4TH ST\tCHARLOTTE\tNC\t28202\tN\t1961\t01
60\tMECKLENBURG\t000000000002\tAB2\tNGUYEN\tLEE\tA\t600 E 4TH ST\tCHARLOTTE\tNC\t28202\tN\t1984\t01
60\tMECKLENBURG\t000000000003\tAB3\tGARCIA\tPAT\tA\t310 N CHURCH ST\tCHARLOTTE\tNC\t28202\tN\t1975\t02
"""
FILES = {
    "people.csv": """id,address,city,state,zip
1,1 No Such Road,Nowhereville,CA,00001
""",
    "prospects.csv": """id,name,website,registry_number
acme,Acme Widgets,https://acme.example,
""",
    "shops.csv": """id,name,category,lat,lon
1,Mercado 28,supermarket,21.1619,-86.8515
2,Mercado 23,grocery,21.1743,-86.8272
3,La Esquina,convenience,21.1512,-86.8460
""",
    "accounts.csv": """id,name,website
a1,Example Bakery,https://bakery.example
a2,Example Garage,https://garage.example
""",
    "firms.csv": """id,Firm,website
f1,Example Florist,https://florist.example
""",
}
"""Texts by the name of the file. All websites are reserved names (RFC 2606)."""


def examples(
    folder: Annotated[Path, typer.Argument(help="Folder, which is created if it does not exist.")] = Path(),
) -> None:
    """Write the example files that the documentation uses. Files that exist already are kept."""
    contents = {name: text.encode() for name, text in FILES.items()} | {"ncvoter60.zip": _zip("ncvoter60.txt", VOTERS)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            path = folder / name
            if path.exists():
                typer.echo(f"kept {path}")
                continue
            path.write_bytes(content)
            typer.echo(f"wrote {path}")
    except OSError as error:
        output.fail(f"{folder} cannot be written: {error.strerror}")


def _zip(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return packed.getvalue()
