"""The project's pages say what is there: settings, routes, commands, make targets and links are held to the code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_group

from app.cli.commands import app
from app.settings import ProviderSettings, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def rows(page: Path) -> Iterable[list[str]]:
    """The cells of every table row of a page."""
    for line in page.read_text().splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def variables() -> dict[str, str]:
    """Every variable of Settings with its default, as the page writes them."""
    found: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias if isinstance(field.validation_alias, str) else f"TRIGPOINT_{name.upper()}"
        if name == "providers":
            found |= {f"TRIGPOINT_PROVIDERS__<NAME>__{part.upper()}": "–" for part in ProviderSettings.model_fields}
        elif name == "queues":
            found |= {"<QUEUE>_WORKER_CONCURRENCY": "the kind's own", "ENABLE_<QUEUE>_WORKER": "true"}
        elif field.default_factory:
            found[variable] = "computed"
        else:
            found[variable] = "required" if field.is_required() else written(field.default)
    return found


def written(default: object) -> str:
    match default:
        case None | ():
            return "–"
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(default)
        case _:
            return str(default)


def test_every_setting_is_described_with_its_default() -> None:
    described = {row[0].strip("`"): row[1] for row in rows(DOCS / "configuration.md") if row[0].startswith("`")}
    of_the_command_line = {"TRIGPOINT_URL", "TRIGPOINT_API_KEY", "TRIGPOINT_DATA_DIR"}
    assert {name: default for name, default in described.items() if name not in of_the_command_line} == variables()


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text())
        assert set(named) <= targets, page.name


def test_every_command_that_is_named_exists() -> None:
    named = {
        command for page in PAGES for command in re.findall(r"(?:`|\$ )trigpoint ((?:[a-z]+ ?)+)", page.read_text())
    }
    assert len(named) > 8
    commands = get_group(app)
    for command in named:
        group = commands
        for word in command.split():
            assert word in group.commands, f"trigpoint {command}"
            found = group.commands[word]
            if not isinstance(found, TyperGroup) or found.invoke_without_command:
                break  # what follows are its arguments
            group = found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text()):
        if target.startswith("https://"):
            continue
        place = page.parent / target if target else page
        assert place.exists(), target
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    found: dict[str, int] = {}
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\]\([^)]*\)|[`*\[\]]", "", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found[slug] = found.get(slug, 0) + 1
    return {slug if number == 0 else f"{slug}-{number}" for slug, count in found.items() for number in range(count)}


def test_the_index_has_every_page_in_one_part() -> None:
    listed = re.findall(r"\]\(([^)#]+)\)", (DOCS / "README.md").read_text())
    pages = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page.parent.name != "decisions"]
    assert {page for page in pages if page != "README.md"} <= set(listed)
    assert re.findall(r"^## ([\w-]+(?: guides)?):", (DOCS / "README.md").read_text(), re.MULTILINE) == [
        "Tutorials",
        "How-to guides",
        "Reference",
        "Explanation",
    ]


def test_decisions_are_numbered_and_have_one_shape() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    for number, page in enumerate(pages, start=1):
        assert page.name.startswith(f"{number:04}-")
        text = page.read_text()
        assert text.startswith(f"# {number}. ")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"]


def test_the_python_in_the_pages_compiles() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        compile(block, "CONTRIBUTING.md", "exec")
