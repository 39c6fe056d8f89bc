"""Texts in fields of addresses that say that there is no value."""

from __future__ import annotations

import pytest

from app.domain.addresses.placeholders import is_placeholder


@pytest.mark.parametrize(
    "text",
    ["N/A", "n.a.", "NA", "#N/A", "NULL", "(null)", "<null>", "\\N", "None", "nil", "NaN", "undefined", "#REF!", "-",
     "#VALUE!", "--", "...", "?", "???", "_", "***", "/", "0", "00000", "xxx", "unknown", "Unknown Address",
     "address unknown", "No Address", "no fixed address", "not provided", "Not Available", "(blank)", "[redacted]",
     "CONFIDENTIAL", "Confidential Address", "address withheld", "undisclosed", "not disclosed", "refused", "homeless",
     "same", "Same as above", "pending", "test", "TBD", "No zip code", "not on file"],
)  # fmt: skip
def test_no_value(text: str) -> None:

    assert is_placeholder("address", text)


@pytest.mark.parametrize(
    "text",
    ["12 Main St", "Main St", "0 Main St", "N", "X", "XX", "Unknown Rd", "Testament Ave", "Private Dr", "Address Ln",
     "Confidential Ct 4", "No Name Key", "Not a Rd", "1", "100", "Null Island Way", "Nonesuch", "Same St"],
)  # fmt: skip
def test_values(text: str) -> None:
    assert not is_placeholder("address", text)


def test_fields_of_their_own() -> None:
    assert is_placeholder("zip_code", "99999") and not is_placeholder("address", "99999")
    assert is_placeholder("state", "NA") and not is_placeholder("country", "NA")
