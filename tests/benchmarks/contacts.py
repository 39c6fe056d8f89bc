"""How right the extractors are: `python -m tests.benchmarks.contacts FOLDER [--json OUT]`.

FOLDER holds `pages/N.html` and `labels.json`: {N: {"emails": […], "mailto_only": […], "profiles": […]?}}. An address
that stands only in mailto: links is right when found and no miss when not. The pages are for evaluation alone and
stay out of the repository.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.websites.extraction.contacts import extract_contacts
from app.domain.websites.extraction.document import Document
from providers.web.body import decode_html


@dataclass
class Score:
    right: int = 0
    expected: int = 0
    """Of those that had to be found."""
    hit: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, page: str, found: set[str], wanted: set[str], allowed: set[str]) -> None:
        self.right += len(found & (wanted | allowed))
        self.hit += len(found & wanted)
        self.expected += len(wanted)
        self.wrong += [f"{page}: {one}" for one in sorted(found - wanted - allowed)]
        self.missed += [f"{page}: {one}" for one in sorted(wanted - found)]

    @property
    def precision(self) -> float:
        total = self.right + len(self.wrong)
        return self.right / total if total else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.expected if self.expected else 1.0


def spoken(address: str) -> str:
    """An address as a reader who spells it out writes it, without brackets and spaces: the labels keep some so."""
    return re.sub(r"[^a-z0-9]", "", address.lower().replace("@", "at").replace(".", "dot"))


def as_labelled(found: set[str], labels: set[str]) -> set[str]:
    """`found`, each that is labelled in its hidden spelling (a [at] b [dot] c) under that."""
    hidden = {re.sub(r"[^a-z0-9]", "", label): label for label in labels if "@" not in label}
    return {hidden.get(spoken(one), one) for one in found}


FIRST = """<p>info@example.com, +1 202-456-1111, <a href="https://facebook.com/example">Facebook</a>"""
"""What is loaded once, suffixes and numbering plans, is loaded for this page and not counted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write what is found on each page")
    parser.add_argument("--verbose", action="store_true", help="list what is wrong and what is missing")
    arguments = parser.parse_args()
    labels = json.loads((arguments.folder / "labels.json").read_text())
    emails, profiles, found, seconds = Score(), Score(), {}, 0.0
    extract_contacts(Document(FIRST))
    for page, label in labels.items():
        html = decode_html((arguments.folder / "pages" / f"{page}.html").read_bytes(), None)
        started = time.process_time()
        said = extract_contacts(Document(html))
        seconds += time.process_time() - started
        found[page] = {"emails": [one.value for one in said.emails], "profiles": [one.value for one in said.profiles]}
        wanted, allowed = ({one.lower() for one in label.get(name, [])} for name in ("emails", "mailto_only"))
        emails.add(page, as_labelled({one.value.lower() for one in said.emails}, wanted), wanted, allowed)
        if "profiles" in label:
            wanted = {one.lower() for one in label["profiles"]}
            profiles.add(page, {one.value.lower() for one in said.profiles}, wanted, set())
    print(f"precision {emails.precision:.3f}")
    print(f"recall {emails.recall:.3f}")
    if any("profiles" in label for label in labels.values()):
        print(f"profiles precision {profiles.precision:.3f}")
        print(f"profiles recall {profiles.recall:.3f}")
    print(f"{len(labels) / seconds:.0f} pages/s of one core")
    if arguments.verbose:
        for name, score in (("emails", emails), ("profiles", profiles)):
            print(*(f"{name} wrong  {one}" for one in score.wrong), sep="\n")
            print(*(f"{name} missed {one}" for one in score.missed), sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
