"""Labels for people, made of names that programs use."""

from __future__ import annotations

import re

ABBREVIATIONS = {
    "api": "API", "csv": "CSV", "id": "ID", "json": "JSON", "llm": "LLM", "poi": "POI", "pois": "POIs", "url": "URL",
    "zip": "ZIP",
}  # fmt: skip


def make_label(name: str) -> str:
    """Turn a name such as `byProvider`, `poi_import` or `BY_PROVIDER` into a label such as `POI import`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower().split()
    if not words:
        return name
    label = " ".join(ABBREVIATIONS.get(word, word) for word in words)
    return label[:1].upper() + label[1:]
