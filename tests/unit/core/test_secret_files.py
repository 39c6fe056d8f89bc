"""`NAME_FILE` names a file with the value of a setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.secret_files import read_secret_files
from app.variables import InvalidSettings


def test_files_take_the_place_of_variables(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://me:p\n@db/main\n\n")
    (tmp_path / "key").write_bytes(b"tp_1\r\n")
    env = {
        "DATABASE_URL_FILE": str(tmp_path / "url"),
        "TRIGPOINT_PROVIDERS__HERE__KEY_FILE": str(tmp_path / "key"),
        "SSL_CERT_FILE": "/etc/ssl/cert.pem",
    }
    read_secret_files(env)
    assert env == {
        "DATABASE_URL": "postgresql://me:p\n@db/main",
        "TRIGPOINT_PROVIDERS__HERE__KEY": "tp_1",
        "SSL_CERT_FILE": "/etc/ssl/cert.pem",
    }


def test_problems_are_named_without_content(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "secret").write_text("hush")
    with pytest.raises(InvalidSettings) as raised:
        read_secret_files(
            {
                "REDIS_URL_FILE": str(tmp_path / "missing"),
                "TRIGPOINT_LLM_KEY_FILE": str(tmp_path / "empty"),
                "TRIGPOINT_ADMIN_KEY_FILE": str(tmp_path / "secret"),
                "TRIGPOINT_ADMIN_KEY": "other",
            }
        )
    first, second, third = raised.value.problems
    assert first.startswith("REDIS_URL_FILE names a file that cannot be read (No such file")
    assert second == "TRIGPOINT_ADMIN_KEY_FILE and TRIGPOINT_ADMIN_KEY are both set: set one of them"
    assert third.startswith("TRIGPOINT_LLM_KEY_FILE names a file that is empty")
    assert "hush" not in str(raised.value)
