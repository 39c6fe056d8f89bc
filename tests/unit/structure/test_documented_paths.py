"""Files that documentation, docstrings and comments name exist."""

from __future__ import annotations

import re

from tests.unit.structure.source import PACKAGES, ROOT

TOP = (*PACKAGES, "tests", "migrations", "docs")
PATH = re.compile(rf"(?<![\w./-])((?:{'|'.join(TOP)})/[\w./<>*-]*[\w>/*])")
MODULE = re.compile(rf"`((?:{'|'.join((*PACKAGES, 'tests'))})(?:\.\w+)+)`")
TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", *(f"{package}/**/*.py" for package in (*PACKAGES, "tests", "migrations")))
    for path in ROOT.glob(pattern)
)


def exists(pattern: str) -> bool:
    """Whether a path exists. `<area>` and `<kind>` stand for any name."""
    return any(ROOT.glob(re.sub(r"<\w+>", "*", pattern).rstrip("/")))


def is_importable(dotted: str) -> bool:
    """Whether a dotted name is that of a module, or of something that a module defines."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:count])
        module = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        if module.exists():
            rest = parts[count:]
            return not rest or bool(re.search(rf"\b{rest[0]}\b", module.read_text()))
    return False


def test_named_paths_and_modules_exist() -> None:
    missing: list[str] = []
    for text in TEXTS:
        content = text.read_text()
        paths = {path for path in PATH.findall(content) if "." in path.rsplit("/", 1)[-1] or path.endswith("/")}
        wrong = {path for path in paths if not exists(path) and "count_sheep" not in path}  # the example of a new kind
        wrong |= {name for name in MODULE.findall(content) if not is_importable(name)}
        missing += [f"{text.relative_to(ROOT)} names {name}" for name in sorted(wrong)]
    assert not missing, "what is named does not exist:\n" + "\n".join(missing)


def test_a_path_that_does_not_exist_is_noticed() -> None:
    made_up = "/".join(("app", "db", "no_such_file.py"))
    assert PATH.findall(f"see {made_up}") == [made_up]
    assert not exists(made_up)
    assert exists("workers/<area>/geocode_file.py")
    assert not is_importable("app.db.no_such_module")
    assert is_importable("app.settings.Settings") and not is_importable("app.settings.NoSuchName")
