"""The dashboard, the alert rules and docs/metrics.md name metrics that exist, with labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

import app.metrics
import providers.metrics

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy" / "monitoring"
NAME = re.compile(r"\b(?:trigpoint|process)_[a-z_]+")
SELECTOR = re.compile(r"(trigpoint_[a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r'([a-z]+)(?:=~|!~|!=|=)"')
OF_THE_LIBRARY = {"process_resident_memory_bytes", "process_cpu_seconds_total"}


def metrics() -> dict[str, MetricWrapperBase]:
    """Every metric of ours by the name under which it is exposed, without the suffixes of histograms."""
    found: dict[str, MetricWrapperBase] = {}
    for module in (app.metrics, providers.metrics):
        for metric in vars(module).values():
            if isinstance(metric, MetricWrapperBase):
                (family,) = metric.describe()
                found[family.name + ("_total" if isinstance(metric, Counter) else "")] = metric
    return found


def names() -> dict[str, MetricWrapperBase]:
    """Every name that a query may use."""
    found: dict[str, MetricWrapperBase] = {}
    for name, metric in metrics().items():
        suffixes = ("_bucket", "_sum", "_count") if isinstance(metric, Histogram) else ("",)
        found |= {f"{name}{suffix}": metric for suffix in suffixes}
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Every query of the dashboard and of the rules, with its title."""
    for panel in json.loads((FOLDER / "grafana-dashboard.json").read_text())["panels"]:
        for target in panel.get("targets", ()):
            yield f"dashboard: {panel['title']} {target['refId']}", target["expr"]
    for rule in yaml.safe_load((FOLDER / "prometheus-alerts.yaml").read_text())["groups"][0]["rules"]:
        yield f"alert: {rule['alert']}", rule["expr"]


QUERIES = dict(queries())


@pytest.mark.parametrize("title", QUERIES)
def test_every_metric_of_a_query_exists(title: str) -> None:
    used = set(NAME.findall(QUERIES[title]))
    assert used and used <= names().keys() | OF_THE_LIBRARY
    for name, selector in SELECTOR.findall(QUERIES[title]):
        assert set(LABEL.findall(selector)) <= set(names()[name]._labelnames), f"{name} has other labels"
    assert QUERIES[title].count("(") == QUERIES[title].count(")")


def test_every_alert_says_what_happens_and_what_to_do() -> None:
    for rule in yaml.safe_load((FOLDER / "prometheus-alerts.yaml").read_text())["groups"][0]["rules"]:
        assert rule["annotations"].keys() == {"summary", "action"}
        assert rule["labels"]["severity"] in ("info", "warning", "critical")


def test_every_metric_is_described_with_its_type_and_labels() -> None:
    described: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in (ROOT / "docs" / "metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`trigpoint_"):
            for name in re.findall(r"`(trigpoint_[a-z_]+)`", cells[0]):
                described[name] = cells[1], tuple(re.findall(r"`([a-z]+)`", cells[2]))
    types = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}
    assert described == {name: (types[type(metric)], metric._labelnames) for name, metric in metrics().items()}


def test_every_panel_has_a_place_of_its_own() -> None:
    panels = json.loads((FOLDER / "grafana-dashboard.json").read_text())["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(panels) == len({panel["id"] for panel in panels})
