"""Write the generated modules of the client: `python -m app.web.contract.python_client docs/openapi.json`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.web.contract.python_client import models, operations, synchronous

CLIENT = Path(__file__).parents[3] / "client"


def main(document: Path, folder: Path = CLIENT) -> None:
    """Write the modules for an OpenAPI document into a folder."""
    described = _of_client(json.loads(document.read_text()))
    methods = operations.render(described)
    modules = {
        "models": models.render(described),
        "operations": methods,
        "synchronous_operations": synchronous.render((CLIENT / "asynchronous.py").read_text(), methods),
    }
    paths = [folder / f"{name}.py" for name in modules]
    for path, text in zip(paths, modules.values(), strict=True):
        path.write_text(text)
    for command in (["check", "--fix-only", "--select", "I,F401"], ["format"]):
        config = ["--quiet", "--config", str(CLIENT.parents[1] / "pyproject.toml")]
        subprocess.run([sys.executable, "-m", "ruff", *command, *config, *map(str, paths)], check=True)


def _of_client(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without the paths that say the same in other words, and what only they need."""
    paths = {
        path: methods
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1/") or any("Service" in operation["tags"] for operation in methods.values())
    }
    schemas = document["components"]["schemas"]
    needed = models.referenced([paths, schemas["JobResults"]], schemas)
    kept = {name: schema for name, schema in schemas.items() if name in needed}
    return {**document, "paths": paths, "components": {**document["components"], "schemas": kept}}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
