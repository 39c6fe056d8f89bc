"""How the tests are distributed over processes: groups that share a platform stay together, the longest start first."""

from __future__ import annotations

from typing import Any

import pytest

SHARED_PLATFORMS = ("tests/acceptance/companies/", "tests/acceptance/", "tests/browser/")
"""Folders whose tests share a running platform; a more specific folder comes before the one that contains it."""

OWN_PLATFORMS = (
    "tests/acceptance/cli/test_demo.py",
    "tests/acceptance/cli/test_own_servers.py",
    "tests/acceptance/imports/test_import_recovery.py",
    "tests/acceptance/jobs/test_recovery.py",
    "tests/acceptance/websites/test_hostile.py",
)
"""Files below these folders whose tests start platforms of their own, so that they may run in any process."""

SHARED_LOADING = (
    "tests/unit/companies/test_llm_client.py",  # imports openai
    "tests/unit/geocoding/test_offline.py",  # loads the offline geocoder's data
    "tests/unit/structure/",  # parses all modules
)
"""Unit tests that load something large, which is loaded once where one process runs them all."""

LONGEST_FIRST = ("tests/acceptance/", "tests/browser/", "tests/faults/", "tests/integration/", "tests/unit/")


def group_of(node_id: str) -> str:
    """Return the name of the group of tests that runs in one process: a shared folder, a unit test, or else a file."""
    path = node_id.partition("::")[0]
    if path.startswith("tests/unit/"):  # by test, with all its parameters: some files take much longer than others
        if node_id.startswith("tests/unit/geocoding/") and "[offline" in node_id:
            return "tests/unit/geocoding/test_offline.py"
        test = node_id.partition("[")[0]
        return next((place for place in SHARED_LOADING if path.startswith(place)), test)
    if path in OWN_PLATFORMS:
        return path
    return next((folder for folder in SHARED_PLATFORMS if path.startswith(folder)), path)


def rank_of(node_id: str) -> int:
    """Return the position in LONGEST_FIRST of the folder that holds a test."""
    ranks = (rank for rank, folder in enumerate(LONGEST_FIRST) if node_id.startswith(folder))
    return next(ranks, len(LONGEST_FIRST))


def make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return a pytest-xdist scheduler that hands out whole groups in the order of collection."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler
