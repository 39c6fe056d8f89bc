"""The names that columns go by: one vocabulary for all tables, from which each area declares the fields it reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic.alias_generators import to_camel

from app.domain.text.address_groups import PARTS, address_groups, choose, part_of
from app.domain.text.column_mapping import IGNORED, Mapped, columns_of, constant_of, mapped_columns
from app.domain.text.errors import Unreadable
from app.domain.text.findings import NOTHING, Findings
from app.domain.text.located_columns import Located, Rule

MAX_NAMES_SHOWN = 12
NO_CONSTANT = "cannot be a constant, because it tells the records apart; name a column."
_IGNORED = re.compile(r"[\W_]+")


def canonical(name: str) -> str:
    """Return the name without case, spaces and punctuation: `Zip Code` and `zip_code` are both `zipcode`."""
    return _IGNORED.sub("", name).lower()


ADDRESS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "address", "streetaddress", "address1", "addressline1", "addr", "fulladdress", "resstreetaddress",
        "residentialaddress", "residentialaddress1", "residenceaddress", "residenceaddressline1", "situsaddress",
        "homeaddress", "homeaddress1", "physicaladdress", "siteaddress", "propertyaddress", "street1", "addr1", "add1",
        "addressline", "homestreet", "vaddress", "addressformatted", "addrline1", "addrline", "addressln1",
        "address1line",
        "addline1", "street1address", "streetline1", "streetaddress1", "streetaddressline1", "address01", "addressone",
        "completeaddress", "wholeaddress", "locationaddress", "serviceaddress", "premiseaddress", "resaddress1",
        "adresse", "adress", "anschrift", "gatuadress", "besöksadress", "katuosoite", "osoite", "indirizzo",
        "dirección", "direccion", "domicilio", "endereço", "endereco", "adres", "straßehausnummer",
        "strassehausnummer", "straßeundhausnummer", "strasseundhausnummer",
    ),
    "house_number": (
        "housenumber", "streetnumber", "houseno", "housenum", "streetnum", "streetno", "stnumber", "stnum", "stno",
        "regstnum", "residencestreetnumber", "residentialstreetnumber", "resstreetnumber", "addressnumber", "addnumber",
        "addrnum", "adrnum", "addno", "saddno", "house", "hausnummer", "hausnr", "hnr", "housenbr", "streetnbr",
        "stnbr",
        "buildingnumber", "bldgnumber", "primarynumber", "number",
        "huisnummer", "huisnr", "husnummer", "husnr", "gatunummer", "talonumero", "numerocivico", "civico",
    ),
    "house_fraction": (
        "housefraction", "housefractionnum", "housenumbersuffix", "streetnumbersuffix", "housesuffix", "regstfrac",
        "streetfraction", "halfcode", "housefractionnumber", "addressnumbersuffix", "addnumsuffix", "fraction",
        "addrnsfx", "numsfx",
    ),
    "pre_direction": (
        "predirection", "predir", "predirectional", "directionprefix", "streetpredirection", "streetpredir", "stpredir",
        "regstpredirection", "residencepredirection", "streetdirprefix", "streetdirection", "streetdir", "stdir",
        "saddpref", "direction", "prefixdirection", "prefixdir", "dirprefix", "strdir", "dirpre",
    ),
    "street": (
        "street", "streetname", "stname", "regstname", "residencestreetname", "residentialstreetname", "saddstr",
        "road", "roadname", "strasse", "straße", "straßenname", "strassenname", "stnm", "streetnm", "thoroughfare",
        "straat", "straatnaam", "gatunamn", "katu", "vejnavn", "gatenavn", "calle", "rue", "ulica",
    ),
    "street_type": (
        "streettype", "streetsuffix", "streetsufx", "streetsfx", "sttype", "stsuffix", "regsttype",
        "residencestreettype", "residentialstreettype", "streetposttype", "stpostype", "saddsttyp", "roadtype",
    ),
    "post_direction": (
        "postdirection", "postdir", "postdirectional", "directionsuffix", "streetpostdirection", "streetpostdir",
        "stpostdir", "streetdirsuffix", "regstpostdirection", "residencepostdirection", "suffixdirection", "suffixdir",
        "dirsuffix", "dirsuf",
    ),
    "unit": (
        "unit", "apartment", "apt", "suite", "address2", "addressline2", "residentialsecondaryaddr",
        "residenceaddressline2", "unitnumber", "unitnum", "unitno", "aptnumber", "aptnum", "aptno", "apartmentnumber",
        "suitenumber", "regstunitnum", "residenceaptunitnumber", "addr2", "homeaddress2", "extension", "addressunit",
        "aptunit", "aptunitnumber", "addrline2", "addressln2", "address2line", "addline2", "streetline2", "street2",
        "streetaddress2", "streetaddressline2", "address02", "unitapt", "aptsuite", "suiteapt", "aptste", "aptnbr",
        "unitnbr", "secondaryaddress", "secondaryunit", "flat", "flatnumber",
        "toevoeging", "huisnummertoevoeging", "adresszusatz",
    ),
    "city": (
        "city", "cityname", "rescitydesc", "residentialcity", "residencecity", "vcity", "town", "municipality",
        "locality",
        "ort", "stadt", "regcity", "homecity", "physicalcity", "situscity", "sitecity", "citytown", "postcity",
        "postalcommunity", "posttown", "townname", "citynm", "towncity", "suburb",
        "ville", "commune", "ciudad", "población", "poblacion", "città", "citta", "comune", "cidade", "plaats",
        "woonplaats", "stad", "postort", "postitoimipaikka", "kaupunki", "poststed", "miasto", "miejscowość",
    ),
    "state": (
        "state", "statecode", "statecd", "st", "residentialstate", "residencestate", "stateprovince", "stateregion",
        "province", "region", "regstate", "homestate", "physicalstate", "situsstate", "vstate", "provincecode",
        "prov", "statename", "stateabbr", "stateabbreviation", "stateprov",
        "stateorprovince", "stabbr", "usstate",
        "provincia", "provincie", "bundesland", "estado",
    ),
    "zip_code": (
        "zipcode", "zip", "zip5", "postalcode", "postcode", "zippostalcode", "zippostal", "residentialzip",
        "residentialzipcode", "residencezipcode", "residencezip", "plz", "regzipcode", "homezip", "homezipcode",
        "homepostalcode", "physicalzip", "situszip", "sitezip", "zipplus4", "zip9", "zip4", "vzip5", "vzip",
        "zippost", "zipcd",
        "zippc", "zippostcode", "zipcode5", "zip5digit", "postal", "postalzip", "postcodezip", "pcode", "eircode",
        "postleitzahl", "codepostal", "códigopostal", "codigopostal", "cp", "postinumero", "postnummer", "postnr",
        "kodpocztowy",
    ),
    "country": (
        "country", "countrycode", "countryregion", "countryname", "homecountry",
        "land", "pays", "país", "pais", "paese", "nazione", "maa", "kraj",
    ),
    "county": ("county", "countyname", "countydesc"),
    "latitude": ("latitude", "lat", "breitengrad", "gpslat", "latdd", "ycoord", "ycoordinate"),
    "longitude": ("longitude", "lon", "lng", "long", "längengrad", "gpslon", "gpslong", "londd", "longdd", "xcoord",
                  "xcoordinate"),
}  # fmt: skip
"""Fields of an address to the canonical names of their columns, the most specific first."""

STREET_PARTS = ("house_number", "house_fraction", "pre_direction", "street", "street_type", "post_direction")
"""The fields that make up the line of house number and street, in its order."""

COMPANY: Mapping[str, tuple[str, ...]] = {
    "name": (
        "businessname", "companyname", "accountname", "organizationname", "organisationname", "company", "business",
        "organization", "organisation", "name", "account", "firma", "title",
    ),
    "website": (
        "website", "websiteurl", "companywebsite", "websiteaddress", "url", "companyurl", "web", "site", "homepage",
        "webpage", "webseite",
    ),
    "domain": ("domain", "companydomain", "companydomainname", "websitedomain", "domainname", "primarydomain"),
    "external_id": (
        "externalid", "recordid", "companyid", "accountid", "businessid", "customerid", "leadid", "hubspotid",
        "salesforceid", "crmid", "id",
    ),
    "place_id": ("placeid", "googleplaceid"),
    "registry_number": ("registrynumber", "companynumber"),
    "phone": (
        "phone", "phonenumber", "companyphone", "businessphone", "mainphone", "telephone", "telephonenumber", "tel",
        "telefon", "phonenum", "phoneno", "homephone", "homephonenumber", "residencephone", "primaryphone", "mobile",
        "mobilephone", "cell", "cellphone", "fullphonenumber",
    ),
    "category": ("category", "primarycategory", "industry", "businesstype", "type", "branche"),
}  # fmt: skip
"""Likewise for fields of a company."""


class Header:
    """The names of a table's columns, to look them up."""

    def __init__(self, names: Sequence[str], distrusted: Collection[str] = ()) -> None:
        """Columns whose names are `distrusted` are not found, but can be required."""
        self.names = names
        numbered = list(enumerate(names))[::-1]  # of two columns with one name the first counts
        self._exact = {name: index for index, name in numbered}
        self._canonical = {canonical(name): index for index, name in numbered}
        self._trusted = self._canonical
        self.distrusted = {index for index, name in numbered if name in distrusted}
        if distrusted:
            self._trusted = {canonical(name): index for index, name in numbered if name not in distrusted}

    def find(self, spellings: Iterable[str], taken: Collection[int] = ()) -> int | None:
        """Return the index of the first of the canonical names that the table has, None if it has none of them.

        Columns that are `taken` do not count.
        """
        found = (self._trusted[name] for name in spellings if name in self._trusted)
        return next((index for index in found if index not in taken), None)

    def require(self, field: str, column: str) -> int:
        """Return the index of a column that a mapping names for a field. Raises Unreadable where there is none."""
        index = self._exact.get(column)
        if index is None and (name := canonical(column)):
            index = self._canonical.get(name)
        if index is None:
            raise Unreadable(
                f"mapping: {to_camel(field)}: the file has no column {column[:40]!r}; it has {shown(self.names)}."
            )
        return index

    def __contains__(self, column: str) -> bool:
        return column in self._exact or canonical(column) in self._canonical


class Vocabulary:
    """The fields that one kind of table may have, each with the names its column goes by."""

    def __init__(
        self, names: Mapping[str, Iterable[str]], ids: Collection[str] = (), addresses: Sequence[str] = ()
    ) -> None:
        """`names` maps a field to canonical names, the most specific first. `ids` tell records apart.

        `addresses` are the words of the addresses that a record may have several of (see `address_groups`), in the
        order in which they count.
        """
        self.addresses = tuple(addresses)
        self.ids = frozenset(ids)
        self.names = {field: tuple(dict.fromkeys(spellings)) for field, spellings in names.items()}
        self.known = frozenset(name for spellings in self.names.values() for name in spellings)

    def find(self, header: Sequence[str]) -> dict[str, int]:
        """Return field to index of its column, for the fields that the header has by name.

        A column serves one field, and of two columns with one name the first counts.
        """
        return {field: indexes[0] for field, indexes in self.locate(header).columns.items()}

    def locate(
        self,
        header: Sequence[str],
        mapping: Mapped | None = None,
        *,
        sparse: bool = False,
        findings: Findings = NOTHING,
    ) -> Located:
        """Return the columns of the fields that the header has, and the constants of the mapping.

        `mapping` takes precedence over names; field names may be in camelCase or snake_case. Beside a mapped address
        its parts count only if they are mapped, too. With `sparse`, mapped columns may be missing: a record of map
        data need not have all properties. `findings` correct what the names say.
        Raises Unreadable where `mapping` names an unknown field or a column that is not in the header.
        """
        names, located = Header(header, findings.distrusted), Located()
        for name, source in (mapping or {}).items():
            if name == IGNORED:
                ignored = [column for column in columns_of(source) if not sparse or column in names]
                located.ignored = {names.require(IGNORED, column) for column in ignored}
                names = Header(header, findings.distrusted | {header[index] for index in located.ignored})
                continue
            field = self.field(name)
            located.rules[field] = Rule.MAPPED
            constant = constant_of(source)
            if constant is not None:
                if field in self.ids:
                    raise Unreadable(f"mapping: {to_camel(field)}: {NO_CONSTANT}")
                located.constants[field] = constant
                continue
            columns = [column for column in columns_of(source) if not sparse or column in names]
            located.columns[field] = tuple(names.require(field, column) for column in columns)
        for field, column in findings.by_content.items():
            if field in self.names and field not in located.rules and column in names:
                located.columns[field], located.rules[field] = (names.require(field, column),), Rule.CONTENT
        taken = located.used
        hidden = STREET_PARTS if "address" in located.rules else ()
        for field, spellings in self.names.items():
            if field in located.rules or field in hidden:
                continue
            index = names.find(spellings, taken)
            if index is not None:
                located.columns[field], located.rules[field] = (index,), Rule.NAME
                taken.add(index)
        if self.addresses and all(located.rules.get(part, Rule.NAME) is Rule.NAME for part in ("address", "street")):
            self._take_group(names, located)
        return located

    def _take_group(self, header: Header, located: Located) -> None:
        """Take the parts of one address, so that none is of another: the city beside `Mailing Street` is the mailing's.

        An address that was found by a name without such a word keeps its parts.
        """
        fixed = {
            index
            for name, indexes in located.columns.items()
            for index in indexes
            if located.rules[name] is not Rule.NAME or name not in PARTS
        }
        groups = address_groups([canonical(name) for name in header.names], fixed | header.distrusted)
        line = located.index("address") if "address" in located else located.index("street")
        if line is None:
            group = choose(groups, self.addresses)
        else:
            named = part_of(canonical(header.names[line]))
            group = groups.get(named[0], {}) if named is not None else {}
        for field, index in group.items():
            if field in self.names and located.rules.get(field, Rule.NAME) is Rule.NAME:
                if field == "street" and "house_number" not in group and "address" not in group and line is None:
                    field = "address"  # Mailing Street: house number and street
                if line is None or field not in ("address", "street"):
                    located.columns[field], located.rules[field] = (index,), Rule.NAME

    def field(self, name: str) -> str:
        """Return the field of this name, in any spelling. Raises Unreadable where there is none."""
        fields = {canonical(field): field for field in self.names}
        if canonical(name) not in fields:
            raise Unreadable(
                f"mapping: unknown field {name[:40]!r}; expected one of {', '.join(map(to_camel, self.names))}."
            )
        return fields[canonical(name)]


def mapped_names(mapping: Mapped) -> set[str]:
    """Return the canonical names of all columns that a mapping names."""
    return {canonical(column) for column in mapped_columns(mapping)}


def shown(header: Sequence[str]) -> str:
    """Return the first names of a header for a message."""
    names = ", ".join(repr(name[:40]) for name in header[:MAX_NAMES_SHOWN])
    return names + (f" and {len(header) - MAX_NAMES_SHOWN:,} more" if len(header) > MAX_NAMES_SHOWN else "")
