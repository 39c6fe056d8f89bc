"""The commands of README and docs run as they are printed, on the files that `trigpoint examples` writes."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.acceptance.commands import TRIGPOINT, Up, environment
from tests.processes import ROOT

PAGES = ("README.md", "docs/imports.md", "docs/websites.md", "docs/tutorials/campaign.md", "docs/tutorials/sales.md")
COMMAND = re.compile(r"^\$ (trigpoint [^#\n]+)", re.MULTILINE)
ELSEWHERE = {
    "trigpoint api": "serves until it is stopped; tests/faults start it",
    "trigpoint migrate": "needs a server of its own; tests/integration/core/test_migration_lock.py",
}
"""Commands that this test does not run, with the reason."""
NEEDS_NETWORK = ("trigpoint companies research",)
"""Commands that follow jobs which visit websites: they end as the jobs do, which depends on the network."""


def commands() -> list[str]:
    found = [command.strip() for page in PAGES for command in COMMAND.findall((ROOT / page).read_text())]
    return [command for command in dict.fromkeys(found) if not command.startswith(tuple(ELSEWHERE))]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, subprocess.CompletedProcess[str]]]:
    """The results of all commands, which are run in order, as a reader would."""
    folder = tmp_path_factory.mktemp("documented")
    with closing(Up(folder / "data", environment(TRIGPOINT_GEOCODERS="offline")).start()) as up:
        assert up.key is not None
        env = environment(TRIGPOINT_URL=up.url, TRIGPOINT_API_KEY=up.key)
        done = {}
        job_id = ""
        for command in commands():
            argv = shlex.split(re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", job_id or "none", command))
            result = subprocess.run(
                [TRIGPOINT, *argv[1:]], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
            )
            done[command] = result
            if "geocode" in command and (jobs := _newest_job(env)):
                job_id = jobs
        yield done


def _newest_job(env: dict[str, str]) -> str:
    listed = subprocess.run(
        [TRIGPOINT, "jobs", "list", "--type", "geocode_households", "--limit", "1"],
        env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", listed.stdout)
    return found[0] if found else ""


@pytest.mark.parametrize("command", commands())
def test_a_documented_command_works(command: str, results: dict[str, subprocess.CompletedProcess[str]]) -> None:
    result = results[command]
    output = f"{result.stdout}\n{result.stderr}"
    assert "Traceback" not in output and "Usage:" not in output, output
    assert result.returncode in ((0, 1) if command.startswith(NEEDS_NETWORK) else (0,)), output


def test_the_output_in_the_readme_is_what_comes(results: dict[str, subprocess.CompletedProcess[str]]) -> None:
    readme = (ROOT / "README.md").read_text()
    for command in ("trigpoint households load people.csv", "trigpoint health"):
        printed = re.search(rf"^\$ {re.escape(command)}[^\n]*\n((?:[^$`\n][^\n]*\n)+)", readme, re.MULTILINE)
        assert printed is not None
        without_numbers = [re.sub(r"[\d,]+", "N", line) for line in printed[1].splitlines()]
        assert [re.sub(r"[\d,]+", "N", line) for line in results[command].stdout.splitlines()] == without_numbers
