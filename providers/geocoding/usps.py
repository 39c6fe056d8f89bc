"""US postal vocabulary: states, street suffixes and directions, as USPS Publication 28 abbreviates them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _table(text: str) -> Mapping[str, str]:
    """`abbreviation name` a line (or more of them, by commas) as {abbreviation: name}."""
    pairs = (entry.split(maxsplit=1) for entry in text.replace("\n", ",").split(",") if entry.strip())
    return MappingProxyType({abbreviation: name.strip() for abbreviation, name in pairs})


#: Two-letter code to name, in lower case: states, the district, territories, military post (appendix B).
STATES = _table("""
al alabama, ak alaska, az arizona, ar arkansas, ca california, co colorado, ct connecticut, de delaware
dc district of columbia, fl florida, ga georgia, hi hawaii, id idaho, il illinois, in indiana, ia iowa, ks kansas
ky kentucky, la louisiana, me maine, md maryland, ma massachusetts, mi michigan, mn minnesota, ms mississippi
mo missouri, mt montana, ne nebraska, nv nevada, nh new hampshire, nj new jersey, nm new mexico, ny new york
nc north carolina, nd north dakota, oh ohio, ok oklahoma, or oregon, pa pennsylvania, ri rhode island
sc south carolina, sd south dakota, tn tennessee, tx texas, ut utah, vt vermont, va virginia, wa washington
wv west virginia, wi wisconsin, wy wyoming
as american samoa, gu guam, mp northern mariana islands, pr puerto rico, vi virgin islands
fm federated states of micronesia, mh marshall islands, pw palau
aa armed forces americas, ae armed forces europe, ap armed forces pacific
""")

STATE_CODES: Mapping[str, str] = MappingProxyType({name: code for code, name in STATES.items()})

#: Directions of streets (section 233).
DIRECTIONS = _table("""
n north, s south, e east, w west, ne northeast, nw northwest, se southeast, sw southwest
""")

#: Street suffixes and the variants in daily use (appendix C1).
SUFFIXES = _table("""
aly alley, anx annex, arc arcade, av avenue, ave avenue, aven avenue, bch beach, bnd bend, blf bluff, blfs bluffs
blvd boulevard, boul boulevard, br branch, brg bridge, brk brook, bg burg, byp bypass, cp camp, cyn canyon, cpe cape
cswy causeway, ctr center, cntr center, centre center, cir circle, circ circle, clf cliff, clfs cliffs, clb club
cmn common, cmns commons, cor corner, cors corners, crse course, ct court, crt court, cts courts, cv cove, crk creek
cres crescent, crst crest, xing crossing, xrd crossroad, curv curve, dl dale, dm dam, dr drive, drv drive, est estate
ests estates, expy expressway, exp expressway, ext extension, fls falls, fry ferry, fld field, flds fields, flt flat
flts flats, frd ford, frst forest, frg forge, frk fork, frks forks, fwy freeway, gdn garden, gdns gardens, gtwy gateway
gln glen, grn green, grv grove, hbr harbor, hvn haven, hts heights, ht heights, hwy highway, hiway highway, hl hill
hls hills, holw hollow, inlt inlet, isl island, is island, jct junction, ky key, kys keys, knl knoll, knls knolls
lk lake, lks lakes, lndg landing, ln lane, lgt light, lck lock, ldg lodge, lp loop, mnr manor, mnrs manors
mdw meadow, mdws meadows, ml mill, mls mills, msn mission, mtwy motorway, mtn mountain, nck neck, orch orchard
pkwy parkway, pky parkway, pkway parkway, psge passage, pne pine, pnes pines, pl place, pln plain
plns plains, plz plaza, pt point, pts points, prt port, pr prairie, rnch ranch, rpd rapid, rpds rapids, rst rest
rdg ridge, rdgs ridges, riv river, rd road, rds roads, rte route, shl shoal, shr shore, shrs shores, spg spring
spgs springs, sq square, sqs squares, sta station, strm stream, st street, str street, smt summit, ter terrace
terr terrace, trce trace, trak track, trl trail, tr trail, tunl tunnel, tpke turnpike, vly valley, vlys valleys
via viaduct, vw view, vws views, vlg village, vl ville, vis vista, wl well, wls wells, wy way
""")
