"""Report how a job uses each column of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from app.domain.addresses.columns import COLUMNS as ADDRESS_COLUMNS
from app.domain.addresses.columns import AddressColumns
from app.domain.imports import date_orders, parcels, pois, reference_points
from app.domain.imports.content_fields import fields_by_content
from app.domain.imports.date_orders import DATES, DEFAULT, SHORT_YEARS, DateOrder, find_order, have_short_years
from app.domain.imports.essential_columns import check_address, check_id, missing_parts
from app.domain.imports.file_country import find_country
from app.domain.imports.layout import Layout
from app.domain.imports.sample import Sample
from app.domain.imports.survey import FileFormat
from app.domain.imports.voter_columns import VoterColumns
from app.domain.imports.voter_profiles import VOTER_FIELDS
from app.domain.text.column_checks import contradiction
from app.domain.text.column_content import Content, recognise_content
from app.domain.text.column_mapping import Mapped
from app.domain.text.column_uses import ColumnUse, describe, suggestion, to_report
from app.domain.text.columns import STREET_PARTS, Vocabulary
from app.domain.text.errors import Unreadable
from app.domain.text.findings import Findings
from app.domain.text.located_columns import Located, Rule
from app.domain.text.verification import verify
from app.domain.websites.business_files import COLUMNS as BUSINESS_COLUMNS
from app.domain.websites.business_files import Columns as BusinessColumns

FileKind = Literal["voter_import", "parcel_import", "poi_import", "business_import", "reference_import", "geocode_file"]
"""The kinds of jobs that read a file."""
VOCABULARIES: Mapping[str, Vocabulary] = {
    "voter_import": VOTER_FIELDS,
    "parcel_import": parcels.NAMES,
    "poi_import": pois.NAMES,
    "business_import": BUSINESS_COLUMNS,
    "reference_import": reference_points.NAMES,
    "geocode_file": ADDRESS_COLUMNS,
}
OF_ADDRESSES = frozenset({"voter_import", "parcel_import", "geocode_file"})
"""Kinds whose records have addresses."""
WITH_STREETS = frozenset({"parcel_import", "reference_import", "geocode_file"})
"""Kinds that read house number and street from columns of their own."""
KEEPS_OTHERS = frozenset({"voter_import", "parcel_import", "poi_import", "geocode_file"})
"""Kinds that store the values of columns that no field uses, or return them."""


_HEADER_CHECKS = {
    "parcel_import": parcels.check_header,
    "poi_import": pois.check_header,
    "reference_import": reference_points.check_header,
}
LIKELY = {
    "voter_import": (Content.ID, "record_id"),
    "parcel_import": (Content.ID, "id"),
    "poi_import": (Content.ID, "id"),
    "business_import": (Content.WEBSITE, "website"),
    "reference_import": (Content.ADDRESS, "address"),
    "geocode_file": (Content.ADDRESS, "address"),
}
"""What a column may look like that is not known by its name, and the field that it may be."""


@dataclass(frozen=True)
class ColumnReport:
    """The use of each column, and the findings in its values."""

    uses: list[ColumnUse]
    date_orders: dict[str, DateOrder] = field(default_factory=dict)
    """Field to the order of its dates, where they have one."""
    distrusted: list[str] = field(default_factory=list)
    """Names of columns that are not used because their values contradict their names."""
    by_content: dict[str, str] = field(default_factory=dict)
    """Field to the name of the column whose values look like it."""
    warnings: list[str] = field(default_factory=list)
    """Sentences on what may be wrong."""
    country: str = ""
    """The country that postcodes and states tell; empty where they do not."""


def describe_columns(
    kind: FileKind,
    layout: Layout,
    mapping: Mapped,
    sample: Sample,
    *,
    date_order: DateOrder | None = None,
    usual_order: DateOrder = DEFAULT,
) -> ColumnReport:
    """Return what the columns of a file, or the properties of its first features, are used as.

    `date_order` is what the request declares; `usual_order` is assumed where the values do not tell.
    Raises Unreadable where `mapping` does not fit, or a column that the file needs is not there, or holds something
    else: the message says what to do.
    """
    if kind == "voter_import" and layout.profile == "generic" and not layout.headerless:
        layout = replace(layout, by_content=_split_address(layout, mapping, sample))
    elif kind in WITH_STREETS and not layout.headerless:
        layout = replace(layout, by_content=_find_street(kind, layout, mapping, sample))
    if layout.headerless:
        mapped = VOCABULARIES[kind].locate(sample.header, mapping)
        found = fields_by_content(
            sample, VOCABULARIES[kind].names.keys() - mapped.rules.keys(), mapped.used | mapped.ignored
        )
        layout = replace(layout, by_content=found)

    def locate(findings: Findings) -> Located:
        found = replace(layout, distrusted=sorted(findings.distrusted), by_content=dict(findings.by_content))
        return _locate(kind, found, mapping, sample)

    try:
        verified = verify(locate, sample.header, sample.rows, layout.findings)
    except Unreadable as error:
        hint = suggestion(sample.header, sample.rows, *LIKELY[kind]) if not mapping else ""
        raise Unreadable(" ".join(filter(None, [str(error), hint]))) from None
    located, notes, warnings = verified.located, verified.notes, verified.warnings
    notes |= {index: "is not used, as you said" for index in located.ignored}
    country = layout.country or (find_country(located, sample.rows) if kind in OF_ADDRESSES else "")
    usual = date_orders.usual_order(country) if country else usual_order
    orders = _date_orders(kind, located, sample, date_order, usual, notes)
    own = frozenset(range(layout.own, len(layout.header)))
    uses = describe(
        sample.header,
        located.roles(),
        sample.rows,
        keeps_others=kind in KEEPS_OTHERS,
        notes=notes,
        ignored=own,
    )
    if kind in ("voter_import", "geocode_file"):
        warnings += check_address(uses, sample, located, needed=kind == "geocode_file")
    if kind in ("parcel_import", "poi_import") and layout.format is not FileFormat.DELIMITED:
        check_id(uses, sample, located)
    if kind != "voter_import":
        warnings += missing_parts(uses, located)
    findings = verified.findings
    return ColumnReport(uses, orders, sorted(findings.distrusted), dict(findings.by_content), warnings, country)


def with_columns(layout: Layout, report: ColumnReport, received_on: date | None = None) -> Layout:
    """Return the layout with the report, as it is stored with the upload. `received_on` is the day of that."""
    return replace(
        layout,
        received_on=received_on.isoformat() if received_on else "",
        columns=to_report(report.uses),
        date_orders=dict(report.date_orders),
        distrusted=report.distrusted,
        by_content=report.by_content,
        warnings=report.warnings,
        country=report.country,
    )


def _split_address(layout: Layout, mapping: Mapped, sample: Sample) -> dict[str, str]:
    """Return the columns of house number and street where the column `Address` only has streets; none otherwise."""
    located = ADDRESS_COLUMNS.locate(layout.header, findings=layout.findings)
    address, number = located.index("address"), located.index("house_number")
    mapped = VOTER_FIELDS.locate(layout.header, mapping).rules.keys()
    if address is None or number is None or "street" in located or mapped & {"address", *STREET_PARTS}:
        return {}
    texts = [row[address] for row in sample.rows if row[address]]
    if not texts or any(text[0].isdigit() for text in texts):
        return {}
    return {"house_number": layout.header[number], "street": layout.header[address]}


def _find_street(kind: FileKind, layout: Layout, mapping: Mapped, sample: Sample) -> dict[str, str]:
    """Return the column of streets beside one of house numbers, where its name tells nothing; none otherwise."""
    located = VOCABULARIES[kind].locate(sample.header, mapping, sparse=True, findings=layout.findings)
    number = located.index("house_number")
    if number is None or "address" in located:
        return {}
    street = located.index("street")
    if street is not None and contradiction("street", _texts(sample, street)) is None:
        return {}
    free = [index for index in range(len(sample.header)) if index not in located.used | located.ignored]
    free += [index for index in located.columns.get("state", ()) if located.rules["state"] is Rule.NAME]
    likely = [index for index in free if recognise_content(_texts(sample, index)) is Content.STREET]
    nearest = min(likely, key=lambda index: abs(index - number), default=None)
    return {} if nearest is None else {"street": sample.header[nearest]}


def _texts(sample: Sample, index: int) -> list[str]:
    return [row[index] for row in sample.rows if index < len(row) and row[index]]


def _locate(kind: FileKind, layout: Layout, mapping: Mapped, sample: Sample) -> Located:
    """Raises Unreadable where the mapping does not fit, or a table lacks a column that it needs."""
    header: Sequence[str] = sample.header
    if kind == "voter_import":
        return VoterColumns(layout, mapping).located
    if kind == "geocode_file":
        return AddressColumns.find(header, mapping, layout.findings).located
    if kind == "business_import":
        return BusinessColumns(header[: layout.own], mapping, layout.findings).located
    located = VOCABULARIES[kind].locate(header, mapping, findings=layout.findings)
    if layout.format is FileFormat.DELIMITED:
        _HEADER_CHECKS[kind](header, mapping, layout.findings)
    else:
        for name in ("wkt", "latitude", "longitude"):  # a feature has a geometry of its own
            located.columns.pop(name, None)
    return located


def _date_orders(
    kind: FileKind,
    located: Located,
    sample: Sample,
    declared: DateOrder | None,
    usual: DateOrder,
    notes: dict[int, str],
) -> dict[str, DateOrder]:
    """Return field to the order of its dates, and add what the sender should know to `notes`."""
    orders: dict[str, DateOrder] = {}
    for name in DATES if kind == "voter_import" else ():
        index = located.index(name)
        if index is None:
            continue
        texts = [row[index] for row in sample.rows]
        found = find_order(texts, usual)
        said = [SHORT_YEARS] if have_short_years(texts) else []
        if declared is not None:
            orders[name] = declared
        elif found is not None:
            orders[name] = found.order
            said += [found.note] if found.note is not None else []
        if said:
            notes[index] = "; ".join(said)
    return orders
