"""Technologies that a site uses, recognised by the resources that its pages load."""

from __future__ import annotations

import re

RESOURCES = {
    "Shopify": r"cdn\.shopify\.com",
    "WordPress": r"/wp-(?:content|includes)/",
    "WooCommerce": r"woocommerce",
    "Wix": r"static\.wixstatic\.com",
    "Squarespace": r"static1?\.squarespace\.com",
    "Webflow": r"assets\.website-files|webflow\.js",
    "HubSpot": r"js\.hs-scripts\.com|hsforms\.net",
    "Salesforce": r"pardot\.com|force\.com/",
    "Intercom": r"widget\.intercom\.io",
    "Zendesk": r"static\.zdassets\.com",
    "Stripe": r"js\.stripe\.com",
    "PayPal": r"paypal\.com/sdk",
    "Klaviyo": r"static\.klaviyo\.com",
    "Mailchimp": r"list-manage\.com|chimpstatic\.com",
    "Google Analytics": r"googletagmanager\.com/gtag|google-analytics\.com",
    "Hotjar": r"static\.hotjar\.com",
    "Segment": r"cdn\.segment\.com",
    "Marketo": r"munchkin\.marketo\.net",
    "Drift": r"js\.driftt?\.com",
    "Calendly": r"assets\.calendly\.com",
    "Cloudflare": r"cdnjs\.cloudflare\.com|challenges\.cloudflare\.com",
    "Next.js": r"/_next/static/",
    "Magento": r"mage/cookies|Magento_",
    "Drupal": r"/sites/default/files|drupal\.js",
    "Typo3": r"typo3(?:conf|temp)/",
}
_MARKERS = {
    name: re.compile(rf"<[^<>]{{0,300}}(?:{resource})[^<>]{{0,300}}>", re.IGNORECASE)
    for name, resource in RESOURCES.items()
}


def detect_technologies(html: str) -> dict[str, str]:
    """Return the names of the technologies of a page, each with the tag that shows it."""
    return {name: match[0] for name, marker in _MARKERS.items() if (match := marker.search(html))}
