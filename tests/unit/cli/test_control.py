"""The commands that change things: jobs, queues, schedules; and the list of workers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.cli.standin import JOB, StandIn
from tests.unit.cli.test_commands import trigpoint

QUEUE: dict[str, Any] = {
    "name": "websites",
    "route": "default",
    "priority": 1,
    "concurrency": 20,
    "perWorker": False,
    "overrides": {"priority": 1, "concurrency": None},
    "paused": True,
    "pausedUntil": "2026-01-01T00:00:00Z",
    "workers": 1,
    "slots": 100,
    "counts": dict.fromkeys(("ready", "deferred", "admitted", "processing", "completed", "failed", "cancelled"), 7),
    "oldestReadySeconds": 3.5,
    "ratePerMinute": 12.0,
}
SCHEDULE: dict[str, Any] = {
    "id": "01a2031c-f325-7634-a7ab-fe68f7685ab1",
    "name": "nightly",
    "cron": "0 6 * * *",
    "timezone": "UTC",
    "type": "noop",
    "data": {},
    "priority": 5,
    "missed": "last",
    "overlap": "skip",
    "enabled": False,
    "error": "there is no kind 'noop' any more",
    "nextRuns": ["2026-01-01T06:00:00Z"],
    "nextAt": None,
    "lastAt": None,
    "lastJobId": None,
}
PATH = f"/api/v1/schedules/{SCHEDULE['id']}"


@pytest.mark.parametrize("command", ["jobs cancel", "jobs bulk", "queues", "queues set", "schedules add", "workers"])
def test_every_command_explains_itself(command: str) -> None:
    result = trigpoint(*command.split(), "--help")
    assert (result.exit_code, "Usage: " in result.output) == (0, True)


def test_cancelling_continues_after_a_refusal(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/j1/cancel", {**JOB, "status": "cancelled"})
    platform.on("POST /api/v1/jobs/j2/cancel", {"detail": "Job j2 is completed"}, status=409)
    platform.on("POST /api/v1/jobs/j3/cancel", {**JOB, "status": "processing"}, status=202)
    result = trigpoint("jobs", "cancel", "j1", "j2", "j3", platform=platform)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["j1 cancelled", "j3 stopping"]
    assert result.stderr == "j2 Job j2 is completed (409)\n"
    result = trigpoint("jobs", "cancel", "j2", "--json", platform=platform)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [{"id": "j2", "outcome": None, "error": "Job j2 is completed (409)"}]


def test_a_refused_key_ends_it(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/j1/cancel", {"detail": "no"}, status=401)
    assert trigpoint("jobs", "cancel", "j1", "j2", platform=platform).exit_code == 4
    assert len(platform.asked) == 1


def test_retrying_from_the_start(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/j1/retry", {**JOB, "status": "pending"}, status=202)
    assert trigpoint("jobs", "retry", "j1", "--from-start", platform=platform).stdout == "j1 pending\n"
    assert platform.queries[-1] == {"fromStart": "true"}
    trigpoint("jobs", "retry", "j1", platform=platform)
    assert platform.queries[-1] == {}


def test_deleting(platform: StandIn) -> None:
    platform.on("DELETE /api/v1/jobs/j1", None, status=204)
    assert trigpoint("jobs", "delete", "j1", platform=platform).stdout == "j1 deleted\n"


def test_bulk_passes_its_filters_on(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/bulk", {"matched": 3, "changed": 2, "skipped": 1})
    asked = ("jobs", "bulk", "retry", "--status", "failed", "--type", "noop", "--data", '{"a": 1}', "--from-start")
    assert trigpoint(*asked, platform=platform).stdout == "3 matched, 2 changed, 1 skipped\n"
    filters = {"status": "failed", "type": "noop", "dataContains": {"a": 1}}
    assert platform.asked[0][2] == {"action": "retry", "filters": filters, "fromStart": True}


@pytest.mark.parametrize("options", [[], ["--data", "{"], ["--data", "[]"]])
def test_bulk_actions_need_a_filter(platform: StandIn, options: list[str]) -> None:
    assert trigpoint("jobs", "bulk", "cancel", *options, platform=platform).exit_code == 2
    assert platform.asked == []


def test_the_timeline_names_the_worker(platform: StandIn) -> None:
    worker = {"id": "w1", "hostname": "host-7"}
    claimed = {"at": "t", "event": "claimed", "attempt": 1, "fence": 1, "worker": worker, "detail": None}
    created = {**claimed, "event": "created", "worker": None}
    platform.on("GET /api/v1/jobs/j1/timeline", {"events": [created, claimed], "total": 9})
    shown = trigpoint("jobs", "timeline", "j1", platform=platform).stdout
    assert "host-7" in shown
    assert shown.splitlines()[-1] == "2 of 9"


def test_queues_are_listed_and_shown(platform: StandIn) -> None:
    platform.on("GET /api/v1/queues", {"queues": [QUEUE], "total": 1})
    platform.on("GET /api/v1/queues/websites", QUEUE)
    for command in (["list"], ["show", "websites"]):
        assert "paused until 2026-01-01T00:00:00Z" in trigpoint("queues", *command, platform=platform).stdout
    assert json.loads(trigpoint("queues", "show", "websites", "--json", platform=platform).stdout) == QUEUE


def test_queues_are_paused_and_resumed(platform: StandIn) -> None:
    platform.on("POST /api/v1/queues/websites/pause", QUEUE)
    platform.on("POST /api/v1/queues/websites/resume", {**QUEUE, "paused": False})
    trigpoint("queues", "pause", "websites", "--until", "2090-01-01T00:00:00Z", platform=platform)
    trigpoint("queues", "pause", "websites", "--minutes", "5", platform=platform)
    assert "open" in trigpoint("queues", "resume", "websites", platform=platform).stdout
    (_, _, until), (_, _, minutes), _ = platform.asked
    assert until == {"until": "2090-01-01T00:00:00Z"}
    assert minutes["until"].endswith("+00:00")
    both = trigpoint("queues", "pause", "websites", "--until", "x", "--minutes", "5", platform=platform)
    assert both.exit_code == 2


@pytest.mark.parametrize(
    ("options", "body"),
    [
        (["--concurrency", "5"], {"concurrency": 5}),
        (["--concurrency", "default", "--priority", "1"], {"concurrency": None, "priority": 1}),
        (["--concurrency", "many"], None),
        ([], None),
    ],
)
def test_limits_are_set_and_given_back(platform: StandIn, options: list[str], body: Any) -> None:
    platform.on("PATCH /api/v1/queues/websites", QUEUE)
    result = trigpoint("queues", "set", "websites", *options, platform=platform)
    assert result.exit_code == (2 if body is None else 0)
    assert [asked for _, _, asked in platform.asked] == ([] if body is None else [body])


def test_running_one_job_of_a_paused_queue(platform: StandIn) -> None:
    platform.on("POST /api/v1/jobs/j1/run", {**JOB, "status": "pending"}, status=202)
    assert "j1 pending" in trigpoint("queues", "run", "j1", platform=platform).stdout


def test_adding_a_schedule(platform: StandIn) -> None:
    platform.on("POST /api/v1/schedules", SCHEDULE, status=201)
    asked = ("schedules", "add", "nightly", "--cron", "0 6 * * *", "--type", "noop", "--data", '{"a": 1}', "--disabled")
    assert "2026-01-01T06:00:00Z" in trigpoint(*asked, platform=platform).stdout
    assert platform.asked[0][2] == {
        "name": "nightly",
        "cron": "0 6 * * *",
        "timezone": "UTC",
        "type": "noop",
        "data": {"a": 1},
        "priority": 5,
        "missed": "last",
        "overlap": "skip",
        "enabled": False,
    }


def test_schedules_go_by_name_or_id(platform: StandIn) -> None:
    platform.on("GET /api/v1/schedules", {"schedules": [SCHEDULE], "total": 1})
    platform.on(f"GET {PATH}", SCHEDULE)
    platform.on(f"PATCH {PATH}", SCHEDULE)
    platform.on(f"DELETE {PATH}", None, status=204)
    platform.on(f"POST {PATH}/run", {"jobId": "j1", "isNew": False}, status=202)
    assert "disabled: there is no kind" in trigpoint("schedules", "list", platform=platform).stdout
    for which in ("nightly", SCHEDULE["id"]):
        assert json.loads(trigpoint("schedules", "show", which, "--json", platform=platform).stdout) == SCHEDULE
    for command, enabled in (("enable", True), ("disable", False)):
        assert trigpoint("schedules", command, "nightly", platform=platform).exit_code == 0
        assert platform.asked[-1][2] == {"enabled": enabled}
    ran = trigpoint("schedules", "run", "nightly", platform=platform)
    assert (ran.stdout, ran.stderr) == ("j1\n", "The job was already active.\n")
    assert trigpoint("schedules", "delete", "nightly", platform=platform).stdout == "deleted nightly\n"


def test_a_schedule_that_is_not_there(platform: StandIn) -> None:
    platform.on("GET /api/v1/schedules", {"schedules": [], "total": 0})
    result = trigpoint("schedules", "run", "nothing", platform=platform)
    assert (result.exit_code, "no schedule 'nothing'" in result.stderr) == (1, True)


def test_workers_are_listed(platform: StandIn) -> None:
    worker = {
        "id": "w1",
        "hostname": "host-7",
        "pid": 1,
        "route": "default",
        "running": 3,
        "slots": 100,
        "version": "0.1.0",
        "startedAt": "t",
        "beatAt": "t",
        "stopping": False,
        "alive": False,
    }
    platform.on("GET /api/v1/workers", {"workers": [worker], "total": 1})
    shown = trigpoint("workers", "list", platform=platform).stdout
    assert "host-7" in shown and "silent" in shown
