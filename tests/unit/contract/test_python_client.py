"""The generated modules of the client are those of the OpenAPI document."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from app.client import Client, SyncClient

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    arguments = [str(ROOT / "docs" / "openapi.json"), str(folder)]
    subprocess.run([sys.executable, "-m", "app.web.contract.python_client", *arguments], check=True, cwd=ROOT)
    return folder


@pytest.mark.parametrize("name", ["models.py", "operations.py", "synchronous_operations.py"])
def test_the_client_is_up_to_date(generated: Path, name: str) -> None:
    is_current = (generated / name).read_text() == (ROOT / "app" / "client" / name).read_text()
    assert is_current, f"app/client/{name} is stale: run `make openapi`"


def test_both_clients_have_the_same_methods_and_arguments() -> None:
    def methods(client: type) -> dict[str, list[str]]:
        found = inspect.getmembers(client, inspect.isfunction)
        return {name: list(inspect.signature(method).parameters) for name, method in found if name[0] != "_"}

    asynchronous, synchronous = methods(Client), methods(SyncClient)
    del asynchronous["aclose"], synchronous["close"]
    assert asynchronous == synchronous
    assert len(asynchronous) > 60
