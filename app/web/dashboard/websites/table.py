"""The page of all businesses."""

from __future__ import annotations

from app.db.websites.table_view import BUSINESSES, EXCLUSIONS
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.businesses import ExclusionBy
from app.web.dashboard.core.data_page import Column, DataPage, FacetControl, Label
from app.web.dashboard.websites.actions import ACTIONS, EXCLUSION_ACTIONS
from app.web.http.table_formats import ALL_FORMATS

STATUS = {
    WebsiteStatus.OK: Label("Works", "completed"),
    WebsiteStatus.REDIRECTED_OFFSITE: Label("Leads to another site", "cancelled"),
    WebsiteStatus.PARKED: Label("Parked domain", "failed"),
    WebsiteStatus.TAKEN_OVER: Label("Taken over by somebody else", "failed"),
    WebsiteStatus.TLS_ERROR: Label("Certificate invalid", "failed"),
    WebsiteStatus.DNS_ERROR: Label("Domain not found", "failed"),
    WebsiteStatus.TIMEOUT: Label("No answer in time", "failed"),
    WebsiteStatus.BLOCKED: Label("Refuses our visits", "cancelled"),
    WebsiteStatus.NOT_HTML: Label("Not a web page", "cancelled"),
    WebsiteStatus.ROBOTS_DENIED: Label("robots.txt forbids visits", "cancelled"),
    WebsiteStatus.PRIVATE_ADDRESS: Label("Private address", "cancelled"),
    WebsiteStatus.GONE: Label("Page not found", "failed"),
    WebsiteStatus.SERVER_ERROR: Label("Server error", "failed"),
    "None": Label("Not checked", "pending"),
}
"""The result of the last validation of a website."""

SIBLINGS = (("/businesses", "Businesses"), ("/exclusions", "Exclusions"))

PAGE = DataPage(
    path="/businesses",
    title="Businesses",
    singular="business",
    plural="businesses",
    view=BUSINESSES,
    columns=(
        Column("name", "Name", is_default=True),
        Column("website", "Website", "link", is_default=True),
        Column("website_status", "Status", "badge", is_default=True, labels=STATUS),
        Column("website_checked_at", "Checked", "time"),
        Column("email", "E-mail", is_default=True),
        Column("emails", "E-mails", "number"),
        Column("profiles", "Profiles", "number", is_default=True),
        Column("phones", "Phones", "number", is_default=True),
        Column("phone", "Listed phone"),
        Column("category", "Category"),
        Column("address", "Address"),
        Column("city", "City", is_default=True),
        Column("state", "State"),
        Column("zip_code", "ZIP"),
        Column("country", "Country"),
        Column("latitude", "Latitude", "place"),
        Column("longitude", "Longitude", "place"),
        Column("excluded", "Excluded", "flag"),
        Column("source", "Source"),
        Column("external_id", "Your id", "code"),
        Column("attribution", "Attribution"),
        Column("created_at", "Added", "time"),
        Column("id", "Id", "code"),
    ),
    facets=(
        FacetControl(
            "website",
            "Website",
            {"works": "Works", "trouble": "Has a problem", "unchecked": "Not checked", "none": "No website"},
        ),
        FacetControl("status", "Any status", {str(status): STATUS[status].text for status in WebsiteStatus}),
        FacetControl("email", "E-mail or not", {"yes": "With e-mail", "no": "Without e-mail"}),
        FacetControl("profile", "Profile or not", {"yes": "With a profile", "no": "Without a profile"}, is_folded=True),
        FacetControl("city", "City"),
        FacetControl("state", "State"),
        FacetControl("source", "Any source", is_folded=True),
        FacetControl("excluded", "Excluded or not", {"no": "Not excluded", "yes": "Excluded"}, is_folded=True),
    ),
    orders={
        "newest": "Newest first",
        "oldest": "Oldest first",
        "name": "By name",
        "unchecked": "Longest unchecked first",
    },
    search_label="Search names and domains",
    empty="Import a list of accounts; the websites in it are checked for contacts.",
    empty_link=("/import", "Import a file"),
    formats=ALL_FORMATS,
    point=("latitude", "longitude"),
    actions=ACTIONS,
    siblings=SIBLINGS,
)

EXCLUDED_BY = {ExclusionBy.DOMAIN: "Domain", ExclusionBy.NAME: "Name", ExclusionBy.PLACE_ID: "Place id"}

EXCLUSION_PAGE = DataPage(
    path="/exclusions",
    title="Exclusions",
    singular="exclusion",
    plural="exclusions",
    view=EXCLUSIONS,
    columns=(
        Column("value", "Excluded", is_default=True),
        Column("by", "By", "badge", is_default=True, labels={by: Label(label) for by, label in EXCLUDED_BY.items()}),
        Column("businesses", "Businesses", "number", is_default=True),
        Column("reason", "Reason", is_default=True),
        Column("created_at", "Added", "time", is_default=True),
        Column("id", "Id", "code"),
    ),
    facets=(FacetControl("by", "By", {str(by): label for by, label in EXCLUDED_BY.items()}),),
    orders={"newest": "Newest first", "oldest": "Oldest first"},
    search_label="Search domains and names",
    empty="Websites of businesses on this list are not visited. Select businesses to exclude them.",
    empty_link=("/businesses", "Businesses"),
    actions=EXCLUSION_ACTIONS,
    siblings=SIBLINGS,
    has_details=False,
)
