"""Words by which actors in English business texts are recognized."""

from __future__ import annotations

import re

from app.domain.companies.research.figures import MONTHS


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w'-]+", text))


OTHER_PARTIES = _words(
    """
    rival rivals competitor competitors customer customers client clients partner partners supplier suppliers vendor
    vendors investor investors reseller resellers distributor distributors charity charities neighbour neighbours
    neighbor neighbors tenant tenants sponsor sponsors landlord donor donors subscriber subscribers user users
    affiliate affiliates sister-company licensee licensees franchisee franchisees beneficiary beneficiaries
    predecessor alumni alumnus friend friends guest guests student students member members shareholder shareholders
    collaborator collaborators buyer buyers wholesaler wholesalers retailer retailers
    """
)
"""Parties that a company writes about beside itself. What they do is not what the company does."""
COMPANY_NOUNS = _words(
    """
    company firm group business startup start-up maker manufacturer provider producer retailer developer vendor
    brand bakery brewery shop store enterprise organisation organization outfit chain agency consultancy team
    concern operator builder designer supplier venture studio
    """
)
"""After "the": the company that the text is about."""
ROLE_WORDS = _words(
    """
    chief executive officer ceo cfo cto coo cmo cio cpo director directors president chair chairman chairwoman
    chairperson founder co-founder cofounder founders managing head vice vp manager partner owner secretary board
    treasurer principal dean lead leader senior general counsel mr mrs ms dr sir professor prof non-executive interim
    spokesman spokeswoman spokesperson
    """
)
EVENT_WORDS = _words(
    """
    raise raises raised raising secure secures secured close closes closed closing land lands landed acquire acquires
    acquired acquiring acquisition merge merges merged merger buy buys bought open opens opened opening launch launches
    launched launching expand expands expanded expanding expansion enter enters entered appoint appoints appointed
    appointing name names named naming promote promotes promoted welcome welcomes welcomed hire hires hired hiring
    join joins joined joining step steps stepped down resign resigns resigned retire retires retired announce announces
    announced announcing report reports reported complete completes completed receive receives received win wins won
    plan plans planned unveil unveils unveiled celebrate celebrates celebrated sign signs signed get gets gain gains
    move moves moved add adds added build builds built sell sells sold invest invests invested lead leads led back
    backs backed recruit recruits recruiting seek seeks seeking become becomes became leave leaves left take takes took
    """
)
OTHER_WORDS = _words(
    """
    new newly series seed round funding financing investment million billion thousand office offices factory factories
    plant plants store stores shop shops branch branches warehouse showroom location locations headquarters site sites
    market markets customer team teams news press release today yesterday tomorrow first second third fourth fifth
    another last next year years month months week weeks spring summer autumn winter quarter annual early late open
    current currently available position positions role roles job jobs vacancy vacancies opening openings career
    careers product products service services about contact home blog our we the a an and or of in at on for to with by
    from as is are was were has have had be been its it his her their they he she i you your this that these those
    there here all some many most more several both every each other others one two three four five six seven eight
    nine ten no not yes after before since during while when where why how what who which if although because however
    meanwhile also then now just only even still once again thanks congratulations read more see learn find get let
    please sorry dear hello hi sales marketing finance operations technology engineering founded based established
    headquartered located according following despite under over between through inside rumours rumors shares stock
    revenue turnover profit loss losses demand plans prices price employees staff people business company companies
    firm group accounts results growth figures investment investments talks efforts work production construction
    customers clients everyone nobody somebody anyone something nothing everything none usd eur gbp ltd limited inc plc
    north south east west northern southern eastern western central international national regional local former
    formerly ex late how tips guide ways top best zero none nil unfortunately sadly regrettably fortunately luckily
    finally recently apply visit call contact meet discover congratulations congrats kudos
    """
)
"""Words that begin a sentence or a headline and name nobody."""
DATE_WORDS = frozenset(month.lower() for month in MONTHS) | _words(
    """
    monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec
    christmas easter
    """
)
NAMELESS = EVENT_WORDS | OTHER_WORDS | DATE_WORDS | ROLE_WORDS | OTHER_PARTIES | COMPANY_NOUNS
"""Capitalized words that are no part of a name, unless they are of the company's own."""
GENERIC_NAME_WORDS = _words(
    """
    company companies co group holding holdings international global services service solutions systems technologies
    technology tech industries industry enterprises enterprise partners associates consulting consultants media digital
    software labs lab instruments products works world europe america usa uk and of the for shop store studio studios
    bakery cafe restaurant hotel bar dairy plumbing heating electric construction builders building logistics transport
    foods food farm farms garage motors auto cars design designs foundation institute agency bank insurance energy
    power water trading supply supplies tools equipment engineering manufacturing furniture clothing fashion health
    medical dental clinic pharmacy law legal accounting management marketing capital ventures properties estate realty
    north south east west new business firm corporation limited brothers bros sons daughters team center centre network
    networks security cleaning repair repairs roofing widgets gallery school academy
    """
)
"""Words in names that distinguish no company from another."""
DEMONYMS = {
    "american": "us", "british": "gb", "english": "gb", "scottish": "gb", "welsh": "gb", "german": "de",
    "french": "fr", "dutch": "nl", "belgian": "be", "spanish": "es", "italian": "it", "portuguese": "pt",
    "austrian": "at", "swiss": "ch", "irish": "ie", "danish": "dk", "swedish": "se", "norwegian": "no",
    "finnish": "fi", "polish": "pl", "czech": "cz", "slovak": "sk", "hungarian": "hu", "romanian": "ro",
    "bulgarian": "bg", "greek": "gr", "turkish": "tr", "russian": "ru", "ukrainian": "ua", "estonian": "ee",
    "latvian": "lv", "lithuanian": "lt", "canadian": "ca", "mexican": "mx", "brazilian": "br", "argentine": "ar",
    "chilean": "cl", "colombian": "co", "indian": "in", "chinese": "cn", "japanese": "jp", "korean": "kr",
    "taiwanese": "tw", "singaporean": "sg", "malaysian": "my", "indonesian": "id", "thai": "th", "vietnamese": "vn",
    "australian": "au", "israeli": "il", "nigerian": "ng", "kenyan": "ke", "egyptian": "eg", "icelandic": "is",
}  # fmt: skip
"""Adjectives of nationality, in lower case, to the code of the country."""
NOT_DISTINCTIVE = _words(
    """
    blue green red black white golden silver big little great first best prime smart clever happy quick fast easy true
    royal national general united american british global world city town river lake hill mountain summit valley ocean
    coast harbour harbor bridge park garden home house family old new north south east west central pacific atlantic
    star sun moon sky alpha beta delta omega apex peak point line grand super ultra mega micro main high low open next
    """
)
"""Words that stand alone for many things: they do not stand for a company whose name begins with them."""
PREPOSITIONS = _words("in at from near since on of for to with by and or via than as the a an")
"""Words before a name that do not belong to it, with articles."""
