"""Businesses and exclusions as people look through them."""

from __future__ import annotations

from app.db.core.table_views import Facet, Key, Order, TableView
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.businesses import ExclusionBy

CHECKED = "coalesce(b.website_checked_at, '-infinity'::timestamptz)"
"""Those that were never checked come first; businesses_checked_idx has this expression."""
TROUBLE = ", ".join(f"'{status}'" for status in WebsiteStatus if status is not WebsiteStatus.OK)
"""Listed, because an index does not help with what a value is not."""
_HAS = "EXISTS (SELECT FROM business_contacts AS c WHERE c.business_id = b.id AND c.kind = '{kind}')"
_COUNT = "(SELECT count(*) FROM business_contacts AS c WHERE c.business_id = b.id AND c.kind = '{kind}')"
_BEST = """(SELECT c.value FROM business_contacts AS c WHERE c.business_id = b.id AND c.kind = '{kind}'
            ORDER BY c.confidence DESC, c.value LIMIT 1)"""

BUSINESSES = TableView(
    source="businesses AS b",
    id=(Key("b.id", "uuid"),),
    columns={
        "id": "b.id",
        "name": "b.name",
        "website": "b.website",
        "website_status": "b.website_status",
        "website_checked_at": "b.website_checked_at",
        "email": _BEST.format(kind="email"),
        "emails": _COUNT.format(kind="email"),
        "profiles": _COUNT.format(kind="social"),
        "phones": _COUNT.format(kind="phone"),
        "phone": "b.phone",
        "category": "b.category",
        "address": "b.address",
        "city": "b.city",
        "state": "b.state",
        "zip_code": "b.zip_code",
        "country": "b.country",
        "latitude": "b.latitude",
        "longitude": "b.longitude",
        "excluded": "b.excluded_by IS NOT NULL",
        "source": "b.source",
        "external_id": "b.external_id",
        "attribution": "b.attribution",
        "created_at": "b.created_at",
    },
    orders={
        "newest": Order(descending=True),
        "oldest": Order(),
        "name": Order((Key("lower(b.name)", "text"),)),
        "unchecked": Order((Key(CHECKED, "timestamptz"),)),
    },
    facets={
        "website": Facet(
            choices={
                "works": "b.website_status = 'ok'",
                "trouble": f"b.website_status IN ({TROUBLE})",
                "unchecked": "b.website IS NOT NULL AND b.website_status IS NULL",
                "none": "b.website IS NULL",
            }
        ),
        "status": Facet(choices={str(status): f"b.website_status = '{status}'" for status in WebsiteStatus}),
        "email": Facet(choices={"yes": _HAS.format(kind="email"), "no": f"NOT {_HAS.format(kind='email')}"}),
        "profile": Facet(choices={"yes": _HAS.format(kind="social"), "no": f"NOT {_HAS.format(kind='social')}"}),
        "excluded": Facet(choices={"yes": "b.excluded_by IS NOT NULL", "no": "b.excluded_by IS NULL"}),
        "city": Facet("lower(b.city) = lower({}::text)"),
        "state": Facet("lower(b.state) = lower({}::text)"),
        "source": Facet("b.source = {}::text", menu=Key("b.source", "text")),
    },
    search="b.name ILIKE {pattern} OR b.domain = lower({text}::text)",
    search_start="lower(b.name) LIKE lower({start}::text) OR b.domain = lower({text}::text)",
)

EXCLUSIONS = TableView(
    source="business_exclusions AS e",
    id=(Key("e.id", "uuid"),),
    columns={
        "id": "e.id",
        "value": "e.value",
        "by": "e.by",
        "reason": "e.reason",
        "businesses": "(SELECT count(*) FROM businesses AS b WHERE b.excluded_by = e.id)",
        "created_at": "e.created_at",
    },
    orders={"newest": Order(descending=True), "oldest": Order()},
    facets={"by": Facet(choices={str(by): f"e.by = '{by}'" for by in ExclusionBy})},
    search="e.value ILIKE {pattern} OR e.reason ILIKE {pattern}",
)
