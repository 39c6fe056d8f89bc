"""Help texts of arguments that several kinds share, for schemas without a description."""

from __future__ import annotations

HELP = {
    "country": "Two-letter country code for rows without a country.",
    "county": "For files without a county column.",
    "dryRun": "Read and check the file without writing anything.",
    "force_refresh": "Write a new report even if a recent one exists.",
    "geocodeAfter": "Geocode new households when the import has finished.",
    "limit": "Maximum number; leave empty for all.",
    "mapping": 'JSON object of field to column name, such as {"address": "Street Address"}.',
    "maxErrorRate": "Stop when a larger share of the rows is rejected; 0.02 means 2 %.",
    "maxErrors": "Stop when more rows than this are rejected.",
    "minAccuracy": "Treat less accurate results as no match.",
    "priority": "1 is the highest, 9 the lowest.",
    "profile": "Layout of the file; leave empty to detect it.",
    "providerId": "Geocoder to try first; leave empty for the default order.",
    "skipGeocoded": "Skip households that already have coordinates.",
    "source": "Namespace of the record ids. Records of different sources are never merged.",
    "split": "Create as many jobs as a long file needs.",
    "strictOrder": "Keep the order even if another geocoder is faster.",
    "timeout": "Timeout of one request, in seconds.",
    "useCache": "Use cached results for the same address.",
    "useFallback": "Try the next geocoder if one finds nothing.",
    "visit": "Check the websites of new and changed businesses.",
}
"""By the name of the argument on the wire."""
