"""Precision, recall and speed of the contact extractor: `python -m tests.benchmarks.contacts FOLDER [--json OUT]`.

FOLDER contains `pages/N.html` and `labels.json`: {N: {"emails": […], "mailto_only": […], "profiles": […]?}}. An address
that is only in mailto: links is correct if it is found, and not counted if it is missed. An unlabelled address that
only a script of the page writes is not counted either, since labels cover the text and the links of the stored page.
The pages are for evaluation only and not part of the repository.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.websites.extraction.contacts import extract_contacts
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.phones import _look_up
from app.domain.websites.extraction.social.platforms import parse_profile
from providers.web.body import decode_html


@dataclass
class Score:
    correct: int = 0
    """Values found that are labelled."""
    expected: int = 0
    """Values that have to be found."""
    hits: int = 0
    """Values found of those."""
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, page: str, found: set[str], wanted: set[str], allowed: set[str]) -> None:
        """Count the values of a page: those of `wanted` must be found, those of `allowed` may be."""
        self.correct += len(found & (wanted | allowed))
        self.hits += len(found & wanted)
        self.expected += len(wanted)
        self.wrong += [f"{page}: {value}" for value in sorted(found - wanted - allowed)]
        self.missed += [f"{page}: {value}" for value in sorted(wanted - found)]

    @property
    def precision(self) -> float:
        total = self.correct + len(self.wrong)
        return self.correct / total if total else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.expected if self.expected else 1.0


def lower(values: Iterable[str]) -> set[str]:
    return {value.lower() for value in values}


def spoken(address: str) -> str:
    """Return an address as it is spelled out, without brackets and spaces: some labels have this form."""
    return re.sub(r"[^a-z0-9]", "", address.lower().replace("@", "at").replace(".", "dot"))


def as_labelled(found: set[str], labels: set[str]) -> set[str]:
    """Return `found`, with the obfuscated spelling (a [at] b [dot] c) of those that are labelled by it."""
    hidden = {re.sub(r"[^a-z0-9]", "", label): label for label in labels if "@" not in label}
    return {hidden.get(spoken(address), address) for address in found}


WARM_UP = """<p>info@example.com, +1 202-456-1111, <a href="https://facebook.com/example">Facebook</a>"""
"""Loads the public suffixes and numbering plans, which are loaded once, before the measurement."""


def add_profiles(labels: dict[str, dict[str, list[str]]], file: Path) -> None:
    """Label the pages with the profiles in a file, in the form in which they are found; other pages have none."""
    for label in labels.values():
        label["profiles"] = []
    for line in file.read_text().splitlines():
        page, *urls = line.split()
        labels[page]["profiles"] = [profile.url if (profile := parse_profile(url)) else url for url in urls]


def measure(pages: list[str]) -> float:
    """Return the seconds of CPU that the extraction takes, numbers being looked up anew."""
    _look_up.cache_clear()
    started = time.process_time()
    for html in pages:
        extract_contacts(Document(html))
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--profiles", type=Path, help="a file with a page and the URLs of its own profiles in each line"
    )
    parser.add_argument("--json", type=Path, help="write what is found on each page")
    parser.add_argument("--rounds", type=int, default=1, help="passes over the pages; the fastest one counts")
    parser.add_argument("--verbose", action="store_true", help="list what is wrong and what is missing")
    arguments = parser.parse_args()
    labels = json.loads((arguments.folder / "labels.json").read_text())
    if arguments.profiles:
        add_profiles(labels, arguments.profiles)
    emails, profiles, found, written_by_scripts = Score(), Score(), {}, 0
    extract_contacts(Document(WARM_UP))
    pages = {page: decode_html((arguments.folder / "pages" / f"{page}.html").read_bytes(), None) for page in labels}
    seconds = min(measure(list(pages.values())) for _ in range(arguments.rounds))
    for page, label in labels.items():
        contacts = extract_contacts(Document(pages[page]))
        found_emails = [finding.value for finding in contacts.emails]
        by_script = {
            finding.value.lower()
            for finding in contacts.emails
            if all(evidence.method == "script" for evidence in finding.evidence)
        }
        found_profiles = [finding.value for finding in contacts.profiles]
        found[page] = {"emails": found_emails, "profiles": found_profiles}
        wanted, allowed = (lower(label.get(name, [])) for name in ("emails", "mailto_only"))
        labelled = as_labelled(lower(found_emails), wanted)
        not_counted = (labelled & by_script) - wanted - allowed
        written_by_scripts += len(not_counted)
        emails.add(page, labelled - not_counted, wanted, allowed)
        if "profiles" in label:
            profiles.add(page, lower(found_profiles), lower(label["profiles"]), set())
    print(f"precision {emails.precision:.3f}")
    print(f"recall {emails.recall:.3f}")
    print(f"{written_by_scripts} addresses written by scripts, not counted")
    if any("profiles" in label for label in labels.values()):
        print(f"profiles precision {profiles.precision:.3f}")
        print(f"profiles recall {profiles.recall:.3f}")
    print(f"{len(labels) / seconds:.0f} pages/s of one core")
    if arguments.verbose:
        for name, score in (("emails", emails), ("profiles", profiles)):
            print(*(f"{name} wrong  {entry}" for entry in score.wrong), sep="\n")
            print(*(f"{name} missed {entry}" for entry in score.missed), sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
