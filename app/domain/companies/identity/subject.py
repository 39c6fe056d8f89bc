"""A company as sources are asked about it: its names, and the marks that tell it from namesakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from app.domain.companies.identity.legal_forms import SplitName, split_legal_form
from app.domain.companies.identity.vocabulary import GENERIC_NAME_WORDS
from app.domain.companies.research.sources import host
from app.domain.companies.site_facts import DEFAULT_COUNTRY
from app.domain.websites.extraction.hosts import domain_of


@dataclass(frozen=True)
class Subject:
    """A company with its identifying marks."""

    name: str
    website: str | None = None
    registry_number: str | None = None
    place_id: str | None = None
    country: str = DEFAULT_COUNTRY
    """ISO 3166-1 alpha-2 in lower case."""
    is_country_known: bool = False
    """Whether somebody stated the country; otherwise it is the default."""
    aliases: tuple[str, ...] = ()
    """Other names, such as the registered one."""
    towns: frozenset[str] = frozenset()
    """Folded."""
    postcodes: frozenset[str] = frozenset()
    """In upper case without spaces."""
    phones: frozenset[str] = frozenset()
    """The last nine digits of each."""
    people: frozenset[str] = frozenset()
    """Full names of people who work there, folded."""
    numbers: frozenset[str] = frozenset()
    """Numbers in registers that the company itself states, in upper case."""
    forms: frozenset[str] = frozenset()
    """Legal forms that the company itself states beside that in its name."""
    own_words: frozenset[str] = frozenset()
    """The folded words of the company's own pages, as far as they were read."""

    confirmed_entries: frozenset[str] = frozenset()
    """Ids of entries in registers and directories that a person confirmed."""
    rejected_entries: frozenset[str] = frozenset()
    """Ids of entries that a person said are other companies'."""

    @cached_property
    def split_name(self) -> SplitName:
        """The name without its legal form."""
        return split_legal_form(self.name)

    @cached_property
    def legal_forms(self) -> frozenset[str]:
        """All legal forms that are known of the company; empty if none is."""
        return self.forms | ({self.split_name.form} if self.split_name.form else frozenset())

    @cached_property
    def all_names(self) -> tuple[SplitName, ...]:
        """The name and the aliases, without legal forms, each once."""
        return tuple(dict.fromkeys([self.split_name, *map(split_legal_form, self.aliases)]))

    @cached_property
    def domain(self) -> str | None:
        """The registered domain of the website."""
        website = self.website
        return domain_of(website if "//" in website else f"http://{website}") if website else None

    @cached_property
    def host(self) -> str:
        """The host of the website without `www.`; empty if there is none."""
        website = self.website
        return host(website if "//" in website else f"//{website}") if website else ""

    @property
    def is_nondescript(self) -> bool:
        """Whether the name names nobody, such as "Company A": no page can be compared with it."""
        return all(len(word) < 2 or word in GENERIC_NAME_WORDS or word.isdigit() for word in self.split_name.words)

    @property
    def has_marks(self) -> bool:
        """Whether anything but the name is known by which the company can be told from namesakes."""
        marks = (self.towns, self.postcodes, self.phones, self.people, self.numbers, self.legal_forms)
        return bool(any(marks) or self.website or self.registry_number)

    @property
    def has_places(self) -> bool:
        """Whether it is known where the company is, so that another place can be told from it."""
        return bool(self.towns or self.postcodes)


@dataclass(frozen=True)
class TextPage:
    """A page as text, one line per block."""

    url: str
    title: str
    text: str
    html: str = field(default="", repr=False)
    is_own: bool = False
    """Whether it is of the company's own site."""
