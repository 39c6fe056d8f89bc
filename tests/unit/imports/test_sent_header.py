"""Names of columns leave as they came: empty, repeated, padded and guarded ones."""

from __future__ import annotations

import csv
import io

import pytest

from app.domain.imports.layout import recognise_table
from app.domain.imports.survey import Survey
from app.domain.text.csv_writer import guarded


@pytest.mark.parametrize(
    "text",
    [
        "address,,name,name,\r\n",
        '\ufeff"address","City  name"," padded ","two\nlines","say ""x"""\r\n',
        "Report of today\r\n\r\naddress,city,'=1+1,-\r\n",
        "address;Größe;a,b\r\n",
    ],
)
def test_header(text: str) -> None:
    survey = Survey()
    survey.feed((text + "1 Main St" + "\r\n").encode())
    layout = recognise_table(survey, {"address"})
    names = [guarded(column.name) for column in layout.sent_columns]
    plain = text.removeprefix("\ufeff").removeprefix("Report of today\r\n\r\n")
    assert names == next(csv.reader(io.StringIO(plain, newline=""), delimiter=layout.delimiter))
