"""Dockerfile, compose, Kubernetes and systemd files name commands, variables, ports and paths that exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_group

import app.metrics
from app.cli.commands import app as commands
from app.settings import QUEUE_VARIABLE, known_variables
from app.web.routes import ROUTES
from workers.core import health_server

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OF_OTHERS = {"FORWARDED_ALLOW_IPS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
"""Variables that uvicorn and s3fs read."""
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def check_command(argv: list[str]) -> None:
    """Fail unless it is a command of ours with options that exist."""
    name = Path(argv[0]).name
    if name == "arq":
        assert argv[-1] == "workers.Settings"
        return
    assert name == "trigpoint", argv
    command: Any = get_group(commands)
    for word in argv[1:]:
        if isinstance(command, TyperGroup) and word in command.commands:
            command = command.commands[word]
        elif word.startswith("--"):
            assert word in {option for parameter in command.params for option in parameter.opts}, argv
    assert command is not get_group(commands)


def check_variables(names: Iterator[str] | set[str]) -> None:
    unknown = {
        name for name in names if name not in known_variables() | OF_OTHERS and not QUEUE_VARIABLE.fullmatch(name)
    }
    assert not unknown


def names_in(path: Path) -> set[str]:
    return {line.partition("=")[0] for line in path.read_text().splitlines() if line and not line.startswith("#")}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!;\[ ]", name)[0]).lower()


def test_the_lock_of_the_image_has_what_runs_and_nothing_for_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / "requirements-run.lock").read_text()
    run, everything = (dict(PIN.findall(lock)) for lock in (text, (ROOT / "requirements.lock").read_text()))
    extras = project["optional-dependencies"]
    assert {canonical(name) for name in (*project["dependencies"], *extras["s3"], *extras["build"])} <= run.keys()
    assert not {canonical(name) for name in extras["dev"]} & run.keys() - {"setuptools", "psutil"}
    assert {name: version for name, version in run.items() if everything.get(name, version) != version} == {}
    assert "://" not in text and "@ " not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block


def test_the_image_copies_what_its_context_has() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["10001:10001"] and "--uid 10001 --gid 10001" in DOCKERFILE
    check_command(yaml.safe_load(re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[-1]))
    check_variables(set(re.findall(r"\b(TRIGPOINT_[A-Z_]+)=", DOCKERFILE)))


@pytest.mark.parametrize("name", ["migrate", "api", "worker"])
def test_services_of_compose(name: str) -> None:
    service = COMPOSE["services"][name]
    if "command" in service:
        check_command(service["command"])
    check_variables(set(service["environment"]))
    assert service["env_file"] == [{"path": ".env", "required": False}]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    for other in service["depends_on"]:
        assert other in COMPOSE["services"]
    if name != "migrate":
        assert service["mem_limit"] and service["healthcheck"]["test"]


def documents() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (path, document)
        for path in sorted(KUBERNETES.rglob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
    ]


def pods() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.parent.name}/{document['metadata']['name']}", document)
        for path, document in documents()
        if document["kind"] in ("Deployment", "Job")
    ]


@pytest.mark.parametrize(("name", "document"), pods(), ids=[name for name, _ in pods()])
def test_pods_run_commands_that_exist_as_nobody_special(name: str, document: dict[str, Any]) -> None:
    spec = document["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] == 10001
    (container,) = spec["containers"]
    check_command(container["command"])
    check_variables({variable["name"] for variable in container.get("env", ())})
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}
    if document["kind"] == "Deployment":
        labels = document["spec"]["template"]["metadata"]["labels"]
        assert document["spec"]["selector"]["matchLabels"].items() <= labels.items()
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        (port,) = ports.values()
        annotations = document["spec"]["template"]["metadata"]["annotations"]
        assert annotations["prometheus.io/port"] == str(port)
        source = Path(health_server.__file__).read_text()
        served = {route.path for route in ROUTES} if port == 8000 else set(re.findall(r'"(/[a-z]+)"', source))
        assert annotations["prometheus.io/path"] in served
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            if probe := container.get(kind):
                assert probe["httpGet"]["path"] in served and probe["httpGet"]["port"] in ports
        assert spec["terminationGracePeriodSeconds"] >= 30


def test_the_ports_are_those_that_the_processes_get() -> None:
    settings = dict(
        line.split("=", 1) for line in (KUBERNETES / "base" / "settings.env").read_text().splitlines() if line
    )
    workers = [document for _, document in pods() if document["metadata"]["name"].startswith("worker")]
    assert len(workers) == 2
    for worker in workers:
        (container,) = worker["spec"]["template"]["spec"]["containers"]
        assert str(container["ports"][0]["containerPort"]) == settings["TRIGPOINT_WORKER_HEALTH_PORT"]
    policies = {d["metadata"]["name"]: d["spec"] for _, d in documents() if d["kind"] == "NetworkPolicy"}
    assert policies["api"]["ingress"] == [{"ports": [{"port": 8000}]}]
    assert policies["worker"]["ingress"] == [{"ports": [{"port": int(settings["TRIGPOINT_WORKER_HEALTH_PORT"])}]}]


def test_variables_of_the_files_with_settings_exist() -> None:
    for path in (*KUBERNETES.rglob("*.env*"), *DEPLOY.glob("systemd/*.example")):
        check_variables(names_in(path))
    for path, document in documents():
        for generator in document.get("configMapGenerator", ()) if path.name == "kustomization.yaml" else ():
            check_variables({literal.partition("=")[0] for literal in generator.get("literals", ())})


def test_kustomizations_name_files_that_exist() -> None:
    for path in KUBERNETES.rglob("kustomization.yaml"):
        found = yaml.safe_load(path.read_text())
        for resource in found["resources"]:
            assert (path.parent / resource).exists(), resource
        for generator in (*found.get("configMapGenerator", ()), *found.get("secretGenerator", ())):
            for name in generator.get("envs", ()):
                assert (path.parent / name).exists() or (path.parent / f"{name}.example").exists(), name


def test_scaling_follows_a_metric_and_deployments_that_exist() -> None:
    names = {document["metadata"]["name"] for _, document in pods()}
    scaled = [
        document for _, document in documents() if document["kind"] in ("ScaledObject", "HorizontalPodAutoscaler")
    ]
    assert {document["spec"]["scaleTargetRef"]["name"] for document in scaled} == {"api", "worker"} <= names
    (query,) = re.findall(r"query: (.+)", (KUBERNETES / "autoscaling" / "scaling.yaml").read_text())
    (family,) = app.metrics.QUEUE_AGE.describe()
    assert family.name in query


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*.service")), ids=lambda path: path.name)
def test_units_run_commands_that_exist(path: Path) -> None:
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    argv = shlex.split(lines["ExecStart"])
    check_command(shlex.split(argv[2].removeprefix("exec ")) if argv[0] == "/bin/sh" else argv)
    if "ExecStartPre" in lines:
        check_command(shlex.split(lines["ExecStartPre"]))
    check_variables({lines["Environment"].partition("=")[0]})
    assert lines["User"] == "trigpoint"


def test_timers_have_their_service() -> None:
    for path in DEPLOY.glob("systemd/*.timer"):
        assert path.with_suffix(".service").exists()
