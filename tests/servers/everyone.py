"""All stand-ins by the name of their geocoder."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tests.servers.census import CensusStandIn
from tests.servers.geoapify import GeoapifyStandIn
from tests.servers.geocodio import GeocodioStandIn
from tests.servers.google import GoogleStandIn
from tests.servers.here import HereStandIn
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.mapbox import MapboxStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.opencage import OpenCageStandIn
from tests.servers.pelias import PeliasStandIn
from tests.servers.photon import PhotonStandIn
from tests.servers.standin import StandIn

STAND_INS: Mapping[str, type[StandIn]] = MappingProxyType(
    {
        "census": CensusStandIn,
        "geoapify": GeoapifyStandIn,
        "geocodio": GeocodioStandIn,
        "google": GoogleStandIn,
        "here": HereStandIn,
        "locationiq": LocationIQStandIn,
        "mapbox": MapboxStandIn,
        "nominatim": NominatimStandIn,
        "opencage": OpenCageStandIn,
        "pelias": PeliasStandIn,
        "photon": PhotonStandIn,
    }
)
