"""Tables with the names of columns in other languages."""

from __future__ import annotations

import pytest

from app.domain.addresses.columns import AddressColumns
from app.domain.text.column_checks import contradiction


@pytest.mark.parametrize(
    ("header", "cells", "line", "country"),
    [
        ("Name;Straße;Hausnummer;PLZ;Ort;Land", "A;Hauptstraße;5;10115;Berlin;Deutschland", "Berlin", "de"),
        ("Nom;Adresse;Code postal;Ville;Pays", "A;1 rue de l'Église;75001;Paris;France", "Paris", "fr"),
        ("Nombre;Dirección;CP;Ciudad;Provincia;País", "A;Calle Mayor 1;31001;Pamplona;NA;España", "Pamplona", "es"),
        ("Naam;Straat;Huisnummer;Toevoeging;Postcode;Plaats;Land", "A;Damrak;1;A;1012 LG;Amsterdam;NL", "Amsterdam",
         "nl"),
        ("Nimi;Katuosoite;Postinumero;Postitoimipaikka;Maa", "A;Mannerheimintie 5;00100;Helsinki;Suomi", "Helsinki",
         "fi"),
        ("Namn;Adress;Postnummer;Ort;Land", "A;Storgatan 5;114 55;Stockholm;Sverige", "Stockholm", "se"),
        ("Nome;Indirizzo;Comune;Provincia;Paese", "A;Via Toledo 1;Napoli;NA;Italia", "Napoli", "it"),
    ],
)  # fmt: skip
def test_addresses_in_other_languages(header: str, cells: str, line: str, country: str) -> None:
    notes: list[tuple[str, str]] = []
    address = AddressColumns.find(header.split(";"), {}).address(cells.split(";"), "us", notes)
    assert (address.city, address.country) == (line, country) and address.street and not notes
    assert any(map(str.isdigit, address.street))


@pytest.mark.parametrize("values", [["120000", "95000"], ["Vacant", "Improved"], ["R1", "R2"]])
def test_land_is_not_always_a_country(values: list[str]) -> None:
    assert contradiction("country", values) is not None
    assert contradiction("country", ["Deutschland", "DE"]) is None
