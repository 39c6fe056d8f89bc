"""Facts that the pages of a company's site state."""

from __future__ import annotations

from datetime import date

from app.domain.companies.lead_scores import Facts, score
from app.domain.companies.site_facts import extract_site_facts
from tests.servers.site import BAKERY

HOME = """<html lang="en-GB"><title>Acme</title><meta name="description" content=" Widgets  from Leeds ">
<script src="https://js.stripe.com/v3/"></script>
<header><a href="https://www.linkedin.com/company/acme/">in</a></header>
<a href="mailto:Hello@acme.co.uk?subject=x">mail</a> <a href="tel:+441134960000">call</a> <a href="mailto:broken">b</a>
<p>Fax: 0113 496 0001</p>
<a href="https://x.com/intent/tweet?url=x">share</a><a href="https://facebook.com/sharer/sharer.php?u=x">share</a></html>"""


def test_markup_states_facts() -> None:
    assert extract_site_facts([("https://acme.co.uk/", HOME)], company_name="Acme", country="gb") == {
        "description": "Widgets from Leeds",
        "language": "en-gb",
        "emails": ["hello@acme.co.uk"],
        "phones": ["+441134960000"],
        "profiles": {"linkedin": "https://linkedin.com/company/acme"},
        "technologies": ["Stripe"],
    }


def test_local_telephone_numbers_are_read_by_the_rules_of_the_country() -> None:
    html = "<p>Telephone: 0113 496 0000</p>"
    assert extract_site_facts([("https://acme.co.uk/", html)], country="gb") == {"phones": ["+441134960000"]}
    assert extract_site_facts([("https://acme.co.uk/", html)], country="us") == {}


def test_facts_of_several_pages_are_merged() -> None:
    contact = '<p><a href="mailto:sales@acme.co.uk">sales</a> <a href="mailto:hello@acme.co.uk">hello</a></p>'
    pages = [("https://acme.co.uk/", HOME), ("https://acme.co.uk/contact", contact)]
    assert extract_site_facts(pages)["emails"] == ["hello@acme.co.uk", "sales@acme.co.uk"]


def test_contacts_of_the_web_designer_are_left_out() -> None:
    facts = extract_site_facts([("https://acmebakery.com/", BAKERY)], company_name="Acme Bakery")
    assert facts["profiles"] == {
        "facebook": "https://facebook.com/acmebakery",
        "pinterest": "https://pinterest.com/acmebakery",
    }
    assert sorted(facts["emails"]) == ["hello@acmebakery.com", "orders@acmebakery.com"]
    assert facts["phones"] == ["+15125550142"]


def test_a_company_with_contacts_is_reachable() -> None:
    facts = extract_site_facts([("https://acmebakery.com/", BAKERY)], company_name="Acme Bakery")
    features = score(Facts(facts), date(2026, 6, 1)).features
    [reachable] = [feature for feature in features if feature["name"] == "reachable"]
    assert (reachable["points"], reachable["why"]) == (6.67, "known: emails, phones")


MIXED = """<html><title>Factsmess</title><p>Factsmess is a provider of hats.</p><a href="mailto:you@example.com">x</a>
<a href="mailto:sales@factsmess-lab.com,info@factsmess-lab.com?subject=hi">mail</a>
<a href="https://www.facebook.com/profile.php">Facebook</a>
<a href="https://www.facebook.com/profile.php?id=100064512345678">Facebook</a>
<a href="https://www.linkedin.com/in/jane-example">Jane</a>
<a href="https://uk.linkedin.com/company/factsmess">LinkedIn</a>
<a href="https://www.instagram.com/wordpressthemesco">Theme by WPTC</a>
<a href="https://www.instagram.com/factsmess">Instagram</a> <a href="https://youtube.com/playlist?list=PL1">YouTube</a>
<a href="tel:+1 (503) 222-3344;ext=5">call</a> <p>License 503-222-5555</p>
<footer>Website by Pixelhammer, <a href="mailto:studio@pixelhammer-agency.com">write</a></footer></html>"""


def test_only_the_contacts_of_the_company_are_facts() -> None:
    facts = extract_site_facts([("https://factsmess-lab.com/", MIXED)], company_name="Factsmess")
    assert facts == {
        "emails": ["info@factsmess-lab.com", "sales@factsmess-lab.com"],
        "phones": ["+15032223344"],
        "profiles": {
            "facebook": "https://facebook.com/profile.php?id=100064512345678",
            "instagram": "https://instagram.com/factsmess",
            "linkedin": "https://linkedin.com/company/factsmess",
        },
    }
