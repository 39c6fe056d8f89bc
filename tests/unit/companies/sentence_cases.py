"""Labelled sentences: the company, the page on which a sentence stands, and what it says about the company.

The expected value is the kind of signal, `fact` for evidence about the company that is no signal, or `nothing` for a
sentence that is no evidence about it. HELD_OUT was not looked at while the rules were written, which judged 44 of its
46 sentences right at once; of the 65 sentences from which OTHERS was taken, 53.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    company: str
    """A key of COMPANIES."""
    page: str
    """A key of PAGES."""
    sentence: str
    expected: str


COMPANIES: dict[str, dict[str, Any]] = {
    "tide": {
        "name": "Tidemark Instruments",
        "website": "https://tidemark.example",
        "towns": ("Portland",),
        "country": "us",
        "site": "Tidemark Instruments is a manufacturer of tide gauges based in Portland, Oregon. "
        "Jane Example is the chief executive officer of Tidemark Instruments.",
        "people": ("Jane Example",),
    },
    "jobs": {
        "name": "Jobs Lab",
        "website": "https://jobslab.example",
        "towns": ("Reno",),
        "country": "us",
        "site": "Jobs Lab is a provider of ladders based in Reno.",
        "people": (),
    },
    "nord": {
        "name": "Nordwind GmbH",
        "website": "https://nordwind.example",
        "towns": ("Kiel",),
        "country": "de",
        "site": "Nordwind GmbH builds sailing boats in Kiel.",
        "people": (),
    },
    "acme": {"name": "Acme", "website": None, "towns": (), "country": "", "site": "", "people": ()},
}
PAGES = {
    # the page of the company's own site: is_own, URL, title, the lines before the sentence
    "own": (True, "https://{domain}/news", "News", ()),
    "own_cases": (
        True,
        "https://{domain}/case-studies/gullwing",
        "Case study: Gullwing",
        ("Gullwing is a ferry line.",),
    ),
    "about": (False, "https://paper.example/a", "{name} in the news", ("{name} is a company.",)),
    "roundup": (
        False,
        "https://paper.example/roundup",
        "Daily roundup",
        ("Cloudkettle, a Berlin software maker, has raised $50 million.", "Also in the news: {name} spoke at a fair."),
    ),
    "unnamed": (False, "https://paper.example/b", "Business notes", ()),
}

SHOWN = (
    # the company's own site: first person and name
    Case("tide", "own", "We are hiring two calibration engineers in Portland.", "hiring"),
    Case("tide", "own", "There are three open positions in our sales team.", "hiring"),
    Case("tide", "own", "Tidemark Instruments has raised $4 million from Harbour Ventures.", "funding"),
    Case("tide", "own", "We have appointed Maria Muster as chief financial officer.", "leadership"),
    Case("tide", "own", "Maria Muster joins Tidemark Instruments as head of sales.", "leadership"),
    Case("tide", "own", "Our founder has stepped down as president of the company.", "leadership"),
    Case("tide", "own", "We opened a new factory in Boise last month.", "expansion"),
    Case("tide", "own", "Tidemark is expanding into the Norwegian market.", "expansion"),
    Case("tide", "own", "Founded in 2009, the company designs and builds water level sensors.", "fact"),
    Case("tide", "own", "Our gauges measure the height of the tide to a millimetre.", "fact"),
    # negations and empty lists
    Case("jobs", "own", "There are currently no open positions at Jobs Lab.", "fact"),
    Case("jobs", "own", "Sorry, no open roles right now, please check back soon.", "fact"),
    Case("jobs", "own", "We are not hiring at the moment.", "fact"),
    Case("jobs", "own", "Jobs Lab has never raised venture funding from anybody.", "fact"),
    Case("jobs", "own", "All open positions have been filled for this year.", "fact"),
    Case("jobs", "own", "Jobs Lab denied that it had been acquired by Stepco.", "fact"),
    # plans
    Case("tide", "own", "Tidemark Instruments plans to open a new factory in Boise in 2027.", "fact"),
    Case("tide", "own", "We hope to raise $10 million in a series A round.", "fact"),
    Case("tide", "own", "Tidemark Instruments may expand into Canada if demand grows.", "fact"),
    Case("tide", "own", "The company is in talks to be acquired by Harbour Group.", "fact"),
    # money that is not the company's
    Case("jobs", "own", "Jobs Lab raises money for charity: $5,000 for the local hospital.", "fact"),
    Case("jobs", "own", "How we closed $1 million in deals for our customers last year.", "fact"),
    Case("jobs", "own", "We helped our clients raise $20 million in seed funding.", "fact"),
    Case("jobs", "own", "We raised $800 at the bake sale for the animal shelter.", "fact"),
    Case("jobs", "own", "Jobs Lab raised its minimum wage to $17 an hour.", "fact"),
    # others on the company's own site
    Case("jobs", "own", "Our rival Stepco opened a new store in Fresno this spring.", "nothing"),
    Case("jobs", "own", "Our customer Cloudkettle raised $50 million in a series B round.", "nothing"),
    Case("jobs", "own", "Kelpware appoints Maria Muster as chief financial officer.", "nothing"),
    Case("jobs", "own", "Stepco, a partner of Jobs Lab, opened a new warehouse in Tulsa.", "nothing"),
    Case("jobs", "own", "Our supplier Alu Profiles GmbH was acquired by Metallica Holding.", "nothing"),
    Case(
        "jobs",
        "own",
        "\u201cWe raised $8 million last year thanks to their ladders,\u201d says Tom Gull, CEO of Gullwing.",
        "nothing",
    ),
    Case("tide", "own_cases", "The company opened a new terminal office in Osaka last week.", "nothing"),
    Case("tide", "own_cases", "Gullwing has appointed Ken Sato as managing director.", "nothing"),
    # pages about the company on other sites
    Case("tide", "about", "Tidemark Instruments raised $3 million in a seed round.", "funding"),
    Case("tide", "about", "The company opened a new office in Seattle.", "expansion"),
    Case("tide", "about", "It has appointed Maria Muster as chief technology officer.", "leadership"),
    Case("tide", "about", "Tidemark Instruments was acquired by Harbour Group.", "funding"),
    Case("tide", "about", "Kelpware, a rival of Tidemark Instruments, raised $50 million.", "nothing"),
    Case("tide", "about", "Kelpware beat Tidemark Instruments and opened a new factory in Osaka.", "nothing"),
    Case("tide", "about", "A customer of Tidemark Instruments raised $12 million in venture funding.", "nothing"),
    # round-ups and pages about nobody in particular
    Case("tide", "roundup", "Kelpware appoints Maria Muster as chief financial officer.", "nothing"),
    Case("tide", "roundup", "Gullwing opened a new factory in Osaka last week.", "nothing"),
    Case("tide", "roundup", "The company opened a new factory in Osaka last week.", "nothing"),
    Case("tide", "roundup", "Tidemark Instruments opened a new factory in Boise last week.", "expansion"),
    Case("tide", "unnamed", "We are hiring reporters for our new office.", "nothing"),
    # namesakes
    Case(
        "tide", "about", "Tidemark Instruments, the Adelaide maker of electric guitars, raised A$30 million.", "nothing"
    ),
    Case("tide", "unnamed", "Adelaide-based Tidemark Instruments raised A$30 million from investors.", "nothing"),
    Case("nord", "unnamed", "Nordwind Ltd has raised \u00a35 million from Northern Ventures.", "nothing"),
    Case("nord", "unnamed", "Nordwind GmbH has raised \u20ac5 million from Northern Ventures.", "funding"),
    Case("tide", "unnamed", "Tidemark Instruments Leasing raised $9 million in debt funding.", "nothing"),
    # old news
    Case("tide", "own", "In 2019 Tidemark Instruments raised $3 million in a seed round.", "fact"),
    Case("tide", "own", "We opened our new office in Boise on 3 May 2021.", "fact"),
)

HELD_OUT = (
    Case("acme", "own", "We\u2019re looking for a sales manager to join us in Leeds.", "hiring"),
    Case("acme", "own", "Vacancies: none at present.", "fact"),
    Case("acme", "own", "We do not have any vacancies for apprentices at present.", "fact"),
    Case("acme", "own", "Hiring is paused until further notice, so there are no job openings.", "fact"),
    Case("acme", "own", "Acme secured \u00a32 million of investment from Northern Ventures.", "funding"),
    Case("acme", "own", "Our team raised \u00a31,200 for Cancer Research by running a marathon.", "fact"),
    Case("acme", "own", "Last year our agents closed $3 million in sales for home owners.", "fact"),
    Case("acme", "own", "Acme intends to open a new showroom in Bath next year.", "fact"),
    Case("acme", "own", "Plans for a new store in York were abandoned.", "fact"),
    Case("acme", "own", "Our competitor Bolt & Sons opened a new branch in Hull.", "nothing"),
    Case("acme", "own", "Our client Fernhill has named Ada Long as its new chief executive.", "nothing"),
    Case("acme", "own", "Congratulations to our partner Lumo, which closed a Series A round of $6 million!", "nothing"),
    Case("acme", "own", "Brightwell Foods is a bakery founded in 1990 and based in Hull.", "nothing"),
    Case("acme", "own", "Acme welcomes Ada Long as its new managing director.", "leadership"),
    Case("acme", "own", "After twelve years, Tom Brown has retired as chairman of Acme.", "leadership"),
    Case("acme", "own", "We moved into a new warehouse in Leeds and launched a new shop in Hull.", "expansion"),
    Case("acme", "about", "Acme, which makes anvils, has opened a new plant in Ohio.", "expansion"),
    Case("acme", "about", "Rival firm Bolt & Sons has opened a new plant in Ohio.", "nothing"),
    Case("acme", "about", "The company denied rumours that it had raised $5 million.", "fact"),
    Case("acme", "about", "Its former chief executive, Tom Brown, joined Fernhill as chairman.", "nothing"),
    Case("acme", "about", "Fernhill, an investor in Acme, closed a new fund of $90 million.", "nothing"),
    Case("acme", "about", "Northern Ventures acquired Acme for $40 million.", "funding"),
    Case("acme", "roundup", "Fernhill names Ada Long as its new chief executive.", "nothing"),
    Case("acme", "roundup", "It opened a new store in Hull on Monday.", "nothing"),
    Case("acme", "roundup", "Acme has closed a seed round of $2 million.", "funding"),
    Case("acme", "unnamed", "Acme Brick Company opened a new plant in Texas.", "nothing"),
    Case("acme", "unnamed", "Shares of Fernhill rose after it beat Acme to the contract.", "nothing"),
    Case("acme", "unnamed", "Our newsroom is hiring a deputy editor.", "nothing"),
    Case("tide", "unnamed", "Tidemark Instruments of Adelaide opened a new store in Perth.", "nothing"),
    Case("tide", "unnamed", "Tidemark Instruments (Leeds) has appointed Ada Long as managing director.", "nothing"),
    Case(
        "tide",
        "unnamed",
        "Portland-based Tidemark Instruments has appointed Ada Long as managing director.",
        "leadership",
    ),
    Case("tide", "unnamed", "The British firm Tidemark Instruments opened a new office in Hull.", "nothing"),
    Case("nord", "unnamed", "Nordwind, Inc. opened a new store in Chicago.", "nothing"),
    Case("nord", "unnamed", "Nordwind SARL a lev\u00e9 5 millions d\u2019euros.", "nothing"),
    Case("nord", "own", "Wir bauen Segelboote in Kiel und liefern sie in die ganze Welt.", "fact"),
    Case("jobs", "own", "Customers of ours, such as Gullwing, opened a new factory with our ladders.", "nothing"),
    Case("jobs", "own", "How to raise $1 million in venture funding for your shop.", "fact"),
    Case("jobs", "own", "If you are looking for a ladder, we are open seven days a week.", "fact"),
    Case("jobs", "own", "Jobs Lab donated ladders to a charity that raised $9,000.", "fact"),
    Case("jobs", "own", "We opened a new office in Boise in 2018.", "fact"),
    Case("jobs", "own", "Jobs Lab closed its store in Tulsa and opened no new branch.", "fact"),
    Case("jobs", "about", "Jobs Lab raised $2 million and will open a new factory next year.", "funding"),
    Case("jobs", "about", "Stepco, which was once part of Jobs Lab, named a new chief executive.", "nothing"),
    Case("jobs", "about", "Jobs Lab\u2019s rival Stepco has raised $20 million.", "nothing"),
    Case("jobs", "about", "The group is based in Reno and employs 40 people.", "fact"),
    Case("jobs", "own_cases", "They opened a new factory after buying our ladders.", "nothing"),
)

OTHERS = (
    Case("acme", "own", "We have no vacancies at the moment.", "fact"),
    Case("acme", "own", "At present there are no job openings, but feel free to send your CV.", "fact"),
    Case("acme", "own", "Unfortunately we don\u2019t have any open positions right now.", "fact"),
    Case("acme", "own", "We are currently not looking for new staff.", "fact"),
    Case("acme", "own", "Open positions: none.", "fact"),
    Case("acme", "own", "Zero open roles at this time.", "fact"),
    Case("acme", "own", "Our team is complete, so there are no open jobs.", "fact"),
    Case("acme", "own", "We are no longer hiring for this position.", "fact"),
    Case("acme", "own", "The open position of sales manager has been filled.", "fact"),
    Case("acme", "own", "Acme is hiring a warehouse manager.", "hiring"),
    Case("acme", "own", "Join our team as a welder.", "hiring"),
    Case("acme", "own", "We currently have two vacancies for drivers.", "hiring"),
    Case("acme", "own", "We\u2019re recruiting apprentices \u2013 no experience needed.", "hiring"),
    Case("acme", "own", "Staff raised \u00a310,000 for the children\u2019s hospice.", "fact"),
    Case("acme", "own", "We raised over $25,000 for breast cancer research this October.", "fact"),
    Case("acme", "own", "The charity we support raised $2 million in donations.", "nothing"),
    Case("acme", "own", "Our gala raised $120,000 for local schools.", "fact"),
    Case("acme", "own", "We closed deals worth $3 million for our clients last quarter.", "fact"),
    Case("acme", "own", "We have secured over $40 million in grants for our customers.", "fact"),
    Case("acme", "own", "Acme helps startups raise seed funding.", "fact"),
    Case("acme", "own", "Our customers have raised more than $1 billion in venture capital.", "nothing"),
    Case("acme", "own", "Acme announced a $5 million investment in a new plant in Ohio.", "fact"),
    Case("acme", "own", "Acme Group raises \u20ac12m in Series A funding led by Northern Ventures", "nothing"),
    Case("acme", "own", "Acme raises \u20ac12m in Series A funding led by Northern Ventures", "funding"),
    Case("acme", "own", "Acme Raises $12 Million Series A to Build Better Anvils", "funding"),
    Case("acme", "own", "Northern Ventures leads Acme\u2019s $12 million Series A round", "funding"),
    Case("acme", "own", "We are proud to announce that we have closed our seed round.", "funding"),
    Case("acme", "own", "Our investor Northern Ventures closed a new fund of $300 million.", "nothing"),
    Case("acme", "own", "Stepco opened a new store in Leeds.", "nothing"),
    Case("acme", "own", "Our friends at Stepco opened a new store in Leeds.", "nothing"),
    Case("acme", "own", "Our neighbours, Stepco Ltd, are hiring.", "nothing"),
    Case("acme", "own", "Congratulations to Fernhill on opening a new factory in York!", "nothing"),
    Case("acme", "own", "We supplied the steel for Fernhill\u2019s new factory in York.", "fact"),
    Case("acme", "own", "We are opening a new showroom in Leeds this month.", "expansion"),
    Case("acme", "own", "Our new showroom in Leeds is now open.", "expansion"),
    Case("acme", "own", "We will be opening a new showroom in Leeds in spring.", "fact"),
    Case("acme", "own", "A new store may open in Leeds if the council agrees.", "fact"),
    Case("acme", "own", "Acme has expanded into Canada and the United States.", "expansion"),
    Case("acme", "own", "Jane Smith has been promoted to chief operating officer.", "leadership"),
    Case(
        "acme", "own", "Jane Smith, chief executive of Fernhill, has been appointed chair of the trade body.", "nothing"
    ),
    Case("acme", "own", "Jane Smith is the chief executive of Acme.", "fact"),
    Case("acme", "own", "Fernhill\u2019s CEO Jane Smith steps down as president.", "nothing"),
    Case("acme", "own", "\u201cWe are hiring again,\u201d said Acme\u2019s chief executive Jane Smith.", "hiring"),
    Case("acme", "about", "The firm has opened its second factory, in Ohio.", "expansion"),
    Case("acme", "about", "Competitor Fernhill raised $70 million last year.", "nothing"),
    Case("acme", "about", "Its rival Fernhill raised $70 million last year.", "nothing"),
    Case("acme", "about", "The company is not hiring.", "fact"),
    Case("acme", "about", "Jane Smith, who founded Acme, has joined Fernhill as a director.", "nothing"),
    Case("acme", "about", "Acme was bought by Fernhill in a deal worth $40 million.", "funding"),
    Case("acme", "about", "Acme rejected an offer to be acquired by Fernhill.", "fact"),
    Case("acme", "roundup", "Fernhill, Acme and Bolt & Sons all opened new stores.", "nothing"),
    Case("acme", "roundup", "Fernhill, whose customers include Acme, raised $9 million.", "nothing"),
    Case("acme", "unnamed", "Acme, Inc. announces the appointment of Jane Smith as CEO.", "leadership"),
    Case("acme", "unnamed", "Acme-Delta raised $4 million in seed funding.", "nothing"),
    Case("tide", "unnamed", "Tidemark Instruments, headquartered in Sydney, opened a new office in Perth.", "nothing"),
    Case("tide", "unnamed", "Sydney\u2019s Tidemark Instruments is hiring 20 engineers.", "nothing"),
    Case("tide", "unnamed", "German company Tidemark Instruments raised $9 million.", "nothing"),
    Case("tide", "unnamed", "Tidemark Instruments, a Texas-based oil services company, raised $9 million.", "nothing"),
    Case(
        "tide", "unnamed", "Tidemark Instruments, based in Portland, raised $9 million in venture funding.", "funding"
    ),
    Case(
        "tide",
        "unnamed",
        "Tidemark Instruments, the Oregon maker of tide gauges, raised $9 million in venture funding.",
        "funding",
    ),
    Case("tide", "unnamed", "Tidemark Instruments Pty Ltd raised $9 million in venture funding.", "funding"),
    Case("tide", "unnamed", "Tidemark Capital raised $9 million in venture funding.", "nothing"),
    Case("nord", "unnamed", "Nordwind AG raised 9 million euros in venture funding.", "nothing"),
)
