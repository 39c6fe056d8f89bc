"""Cutting a CSV file into requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.households import parts


@pytest.fixture(autouse=True)
def _two_rows_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.households.ROWS_A_REQUEST", 2)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id,address\n1,A\n2,B\n3,C\n", [(2, "id,address\n1,A\n2,B\n"), (4, "id,address\n3,C\n")]),
        (b"id;address\r\n1;A, B\r\n", [(2, 'id,address\n1,"A, B"\n')]),
        (b"id\taddress\n1\tA\n", [(2, "id,address\n1,A\n")]),
        ("\ufeffid,address\n1,Ñ\n".encode(), [(2, "id,address\n1,Ñ\n")]),
        ("id,address\n1,Ñ\n".encode("cp1252"), [(2, "id,address\n1,Ñ\n")]),
        (b"id,address\n", []),
        (b"id,address", []),
    ],
)
def test_parts(tmp_path: Path, content: bytes, expected: list[tuple[int, str]]) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    assert list(parts(file)) == expected
