"""Every place that parses JSON without a check of its depth, size and integers is known, with the reason why it may.

JSON from outside goes through `json_guard.parse_json`, and JSON from the database that is shown goes through
`json_guard.load_stored`.
"""

from __future__ import annotations

import ast

from tests.unit.structure.source import sources

UNCHECKED = {
    "app/db/accounts/teams.py": "built by the query itself",
    "app/db/companies/report_parts.py": "claims and counts in the form in which the worker wrote them",
    "app/db/companies/reports.py": "confidence and usage in the form in which the worker wrote them",
    "app/db/heatmaps/regions.py": "constants in the form in which the worker wrote them",
    "app/db/imports/kept_uploads.py": "what was found in a file when it arrived",
    "app/db/imports/mappings.py": "a mapping that was validated when it was saved",
    "app/db/imports/runs.py": "a result in the form in which the worker wrote it",
    "app/db/imports/reports.py": "the layout of a file as it was surveyed",
    "app/db/imports/uploads.py": "the layout of a file as it was surveyed",
    "app/db/jobs/ledger.py": "a checkpoint, which only its handler reads; it must not change",
    "app/db/core/pages.py": "Postgres' plan",
    "app/db/websites/businesses.py": "built by the query itself",
    "app/domain/imports/copied_records.py": "a row in the form in which it is copied to the database",
    "app/domain/imports/file_sample.py": "the middle of a file that was checked when it arrived",
    "app/domain/jobs/schedules.py": "validated input of the schedule, as it was accepted",
    "app/domain/text/json_guard.py": "the checks themselves",
    "app/queue/protocol.py": "written by our own processes",
    "app/storage/conversion/__main__.py": "written by our own process",
    "app/storage/conversion/layers.py": "metadata of a file, read in a process of its own with limits",
    "app/storage/conversion/number_formats.py": "XML of a file, read in a process of its own with limits",
    "app/storage/converter.py": "written by our own process",
    "app/storage/file_writer.py": "written by our own process",
    "app/storage/writing/__main__.py": "written by our own process",
    "app/web/contract/python_client/__main__.py": "the document of our own API",
    "app/web/contract/openapi.py": "the schemas of our own models",
    "app/web/dashboard/core/internal_api.py": "a response of our own",
    "app/web/geocoding/file_output.py": "validated input of a job, as it was accepted",
    "app/web/http/request_parsing.py": "checked in the line before",
    "workers/core/execute.py": "validated input of a job, as it was accepted",
    "workers/core/normalisation.py": "a handler's own result",
    "workers/websites/postgres_store.py": "an answer in the form in which the worker wrote it",
}
PARSERS = {"loads", "model_validate_json", "validate_json", "fromstring", "iterparse", "raw_decode"}


def test_json_is_parsed_unchecked_only_where_it_is_known() -> None:
    found = {
        str(source.path)
        for source in sources("app", "workers", "providers")
        for node in source.expressions
        if isinstance(node, ast.Attribute) and node.attr in PARSERS
    }
    found = {path for path in found if not path.startswith(("app/cli/", "app/client"))}  # read our own API
    assert found == set(UNCHECKED)
