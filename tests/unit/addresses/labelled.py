"""US addresses on one line, labelled by hand: street, unit, city, state, ZIP code. The people in them are made up."""

from __future__ import annotations

_TEXT = """
# several words in the city, no commas
1200 Okeechobee Blvd West Palm Beach FL 33401 | 1200 Okeechobee Blvd | | West Palm Beach | FL | 33401
45 Civic Center Dr North Las Vegas NV 89030 | 45 Civic Center Dr | | North Las Vegas | NV | 89030
315 Grand Ave South San Francisco CA 94080 | 315 Grand Ave | | South San Francisco | CA | 94080
801 Cherry St Fort Worth TX 76102 | 801 Cherry St | | Fort Worth | TX | 76102
1200 Market St St Louis MO 63103 | 1200 Market St | | St Louis | MO | 63103
1200 Market St Saint Louis MO 63103 | 1200 Market St | | Saint Louis | MO | 63103
451 S State St Salt Lake City UT 84111 | 451 S State St | | Salt Lake City | UT | 84111
300 Park Ave Falls Church VA 22046 | 300 Park Ave | | Falls Church | VA | 22046
1 Roosevelt Sq Mount Vernon NY 10550 | 1 Roosevelt Sq | | Mount Vernon | NY | 10550
227 W Jefferson Blvd South Bend IN 46601 | 227 W Jefferson Blvd | | South Bend | IN | 46601
25550 Commercentre Dr Lake Forest CA 92630 | 25550 Commercentre Dr | | Lake Forest | CA | 92630
160 N Gulph Rd King of Prussia PA 19406 | 160 N Gulph Rd | | King of Prussia | PA | 19406
101 N Main St Winston-Salem NC 27101 | 101 N Main St | | Winston-Salem | NC | 27101
100 N Main St O'Fallon MO 63366 | 100 N Main St | | O'Fallon | MO | 63366
710 E Mullan Ave Coeur d'Alene ID 83814 | 710 E Mullan Ave | | Coeur d'Alene | ID | 83814
505 Sims St Truth or Consequences NM 87901 | 505 Sims St | | Truth or Consequences | NM | 87901
400 S Orange Ave Winter Park FL 32789 | 400 S Orange Ave | | Winter Park | FL | 32789
12 Elm St Ocean Springs MS 39564 | 12 Elm St | | Ocean Springs | MS | 39564
77 Beach Rd Long Beach NY 11561 | 77 Beach Rd | | Long Beach | NY | 11561
9 Lake Ave Saratoga Springs NY 12866 | 9 Lake Ave | | Saratoga Springs | NY | 12866
1600 Grant St Bala Cynwyd PA 19004 | 1600 Grant St | | Bala Cynwyd | PA | 19004
50 Park Pl Park City UT 84060 | 50 Park Pl | | Park City | UT | 84060
3 Hill Rd Chapel Hill NC 27514 | 3 Hill Rd | | Chapel Hill | NC | 27514
88 Spring St Spring Valley NY 10977 | 88 Spring St | | Spring Valley | NY | 10977
21 Glen Way Glen Cove NY 11542 | 21 Glen Way | | Glen Cove | NY | 11542
212 Grove Ave Elk Grove Village IL 60007 | 212 Grove Ave | | Elk Grove Village | IL | 60007
5 Island View Dr Mercer Island WA 98040 | 5 Island View Dr | | Mercer Island | WA | 98040
640 Harbor Blvd Costa Mesa CA 92626 | 640 Harbor Blvd | | Costa Mesa | CA | 92626
18 Heights Ave Cleveland Heights OH 44118 | 18 Heights Ave | | Cleveland Heights | OH | 44118
4400 Bell Rd Key Biscayne FL 33149 | 4400 Bell Rd | | Key Biscayne | FL | 33149
# direction before or after
12 Main St W Columbia SC 29201 | 12 Main St W | | Columbia | SC | 29201
12 Main St West Columbia SC 29169 | 12 Main St | | West Columbia | SC | 29169
500 Clematis St W Palm Beach FL 33401 | 500 Clematis St | | W Palm Beach | FL | 33401
7 Market Ave N Canton OH 44702 | 7 Market Ave N | | Canton | OH | 44702
33 Main St North Canton OH 44720 | 33 Main St | | North Canton | OH | 44720
1500 14th St NW Washington DC 20005 | 1500 14th St NW | | Washington | DC | 20005
801 5th Ave SE Rochester MN 55904 | 801 5th Ave SE | | Rochester | MN | 55904
200 SW Market St Portland OR 97201 | 200 SW Market St | | Portland | OR | 97201
2200 N West St Wilmington DE 19801 | 2200 N West St | | Wilmington | DE | 19801
15 South St East Hartford CT 06108 | 15 South St | | East Hartford | CT | 06108
# streets without a suffix, or with several
1 Broadway New York NY 10004 | 1 Broadway | | New York | NY | 10004
2300 The Alameda San Jose CA 95126 | 2300 The Alameda | | San Jose | CA | 95126
1001 Avenue of the Americas New York NY 10018 | 1001 Avenue of the Americas | | New York | NY | 10018
12 Via Del Rey Monterey CA 93940 | 12 Via Del Rey | | Monterey | CA | 93940
1465 Calle Ocho Miami FL 33135 | 1465 Calle Ocho | | Miami | FL | 33135
8 Park Avenue Place Worcester MA 01609 | 8 Park Avenue Place | | Worcester | MA | 01609
310 Avenue C Brooklyn NY 11218 | 310 Avenue C | | Brooklyn | NY | 11218
44 Camino Del Rio San Diego CA 92108 | 44 Camino Del Rio | | San Diego | CA | 92108
900 Boulevard E Weehawken NJ 07086 | 900 Boulevard E | | Weehawken | NJ | 07086
19 Court Street Plaza Brooklyn NY 11201 | 19 Court Street Plaza | | Brooklyn | NY | 11201
6 Saint Charles Rock Rd Saint Charles MO 63301 | 6 Saint Charles Rock Rd | | Saint Charles | MO | 63301
30 Embarcadero San Francisco CA 94105 | 30 Embarcadero | | San Francisco | CA | 94105
# units
12 Oak St Apt 4 Concord CA 94520 | 12 Oak St | Apt 4 | Concord | CA | 94520
12 Oak St, Apt 4, Concord, CA 94520 | 12 Oak St | Apt 4 | Concord | CA | 94520
12 Oak St, Apt 4 Concord CA 94520 | 12 Oak St | Apt 4 | Concord | CA | 94520
12 Oak St #4 Concord, CA 94520 | 12 Oak St | #4 | Concord | CA | 94520
12 Oak St # 4B, Concord, CA 94520 | 12 Oak St | # 4B | Concord | CA | 94520
Apt 4, 12 Oak St, Concord, CA 94520 | 12 Oak St | Apt 4 | Concord | CA | 94520
Apt 4B 12 Oak St Concord CA 94520 | 12 Oak St | Apt 4B | Concord | CA | 94520
#5 123 Oak St, Concord, CA 94520 | 123 Oak St | #5 | Concord | CA | 94520
Unit 12, 1226 Blossom Cir, Livermore, CA 94550 | 1226 Blossom Cir | Unit 12 | Livermore | CA | 94550
Suite 300, 1600 Market St, Philadelphia, PA 19103 | 1600 Market St | Suite 300 | Philadelphia | PA | 19103
1600 Market St Ste 300 Philadelphia PA 19103 | 1600 Market St | Ste 300 | Philadelphia | PA | 19103
1600 Market St Ste 100 Bldg B Philadelphia PA 19103 | 1600 Market St | Ste 100 Bldg B | Philadelphia | PA | 19103
55 Pine St Unit A-12 Monterey CA 93940 | 55 Pine St | Unit A-12 | Monterey | CA | 93940
55 Pine St Fl 3 New York NY 10005 | 55 Pine St | Fl 3 | New York | NY | 10005
55 Pine St 3rd Floor New York NY 10005 | 55 Pine St | 3rd Floor | New York | NY | 10005
55 Pine St, Floor 3, New York, NY 10005 | 55 Pine St | Floor 3 | New York | NY | 10005
1 Sunny Rd Lot 17 Yuma AZ 85364 | 1 Sunny Rd | Lot 17 | Yuma | AZ | 85364
1 Sunny Rd Trlr 9 Yuma AZ 85364 | 1 Sunny Rd | Trlr 9 | Yuma | AZ | 85364
22 Bay St Apt 1-12 Staten Island NY 10301 | 22 Bay St | Apt 1-12 | Staten Island | NY | 10301
22 Bay St PH 2 Miami FL 33131 | 22 Bay St | PH 2 | Miami | FL | 33131
22 Bay St Rm 210 Boston MA 02108 | 22 Bay St | Rm 210 | Boston | MA | 02108
100 Main St NE Apt B Atlanta GA 30303 | 100 Main St NE | Apt B | Atlanta | GA | 30303
400 7th Ave Apartment 12C New York NY 10001 | 400 7th Ave | Apartment 12C | New York | NY | 10001
12 Main St Rear Concord NH 03301 | 12 Main St | Rear | Concord | NH | 03301
# boxes and routes
PO Box 123 Concord NH 03301 | PO Box 123 | | Concord | NH | 03301
P.O. Box 45, Springfield, IL 62701 | P.O. Box 45 | | Springfield | IL | 62701
P O Box 99 Truckee CA 96160 | P O Box 99 | | Truckee | CA | 96160
POB 12 Boston MA 02108 | POB 12 | | Boston | MA | 02108
Post Office Box 7 Bend OR 97701 | Post Office Box 7 | | Bend | OR | 97701
RR 2 Box 15 Altoona PA 16601 | RR 2 Box 15 | | Altoona | PA | 16601
RR 3 Box 9A, Lewisburg, WV 24901 | RR 3 Box 9A | | Lewisburg | WV | 24901
Rural Route 4 Box 20 Lebanon MO 65536 | Rural Route 4 Box 20 | | Lebanon | MO | 65536
HC 1 Box 3 Terlingua TX 79852 | HC 1 Box 3 | | Terlingua | TX | 79852
HC 62 Box 9 Big Pine Key FL 33043 | HC 62 Box 9 | | Big Pine Key | FL | 33043
# grids, fractions, letters, hyphens
123 S 400 E Salt Lake City UT 84111 | 123 S 400 E | | Salt Lake City | UT | 84111
1200 E 300 S, Provo, UT 84606 | 1200 E 300 S | | Provo | UT | 84606
N6W23001 Bluemound Rd Waukesha WI 53188 | N6W23001 Bluemound Rd | | Waukesha | WI | 53188
W148 N9748 Tree Tops Dr Germantown WI 53022 | W148 N9748 Tree Tops Dr | | Germantown | WI | 53022
40W180 Campton Crossings Dr Saint Charles IL 60175 | 40W180 Campton Crossings Dr | | Saint Charles | IL | 60175
123 1/2 Oak St Boston MA 02108 | 123 1/2 Oak St | | Boston | MA | 02108
37-15 82nd St Jackson Heights NY 11372 | 37-15 82nd St | | Jackson Heights | NY | 11372
100-102 Main St Nashua NH 03060 | 100-102 Main St | | Nashua | NH | 03060
12A Main St Nashua NH 03060 | 12A Main St | | Nashua | NH | 03060
12-B Main St Nashua NH 03060 | 12-B Main St | | Nashua | NH | 03060
1 5th Ave New York NY 10003 | 1 5th Ave | | New York | NY | 10003
500 1st Street South Winter Haven FL 33880 | 500 1st Street South | | Winter Haven | FL | 33880
# highways
4100 US Hwy 30 W Fort Wayne IN 46818 | 4100 US Hwy 30 W | | Fort Wayne | IN | 46818
7800 State Rd 7 Margate FL 33063 | 7800 State Rd 7 | | Margate | FL | 33063
12 County Road 12 Lovingston VA 22949 | 12 County Road 12 | | Lovingston | VA | 22949
14000 FM 1960 Rd W Houston TX 77065 | 14000 FM 1960 Rd W | | Houston | TX | 77065
9000 FM 1960 Humble TX 77338 | 9000 FM 1960 | | Humble | TX | 77338
1200 S I-35 Frontage Rd Austin TX 78704 | 1200 S I-35 Frontage Rd | | Austin | TX | 78704
88175 US Highway 278 Altoona AL 35952 | 88175 US Highway 278 | | Altoona | AL | 35952
200 Highway 99 N Eugene OR 97402 | 200 Highway 99 N | | Eugene | OR | 97402
50 State Route 17 Paramus NJ 07652 | 50 State Route 17 | | Paramus | NJ | 07652
3 Interstate 10 E Beaumont TX 77702 | 3 Interstate 10 E | | Beaumont | TX | 77702
# military and Puerto Rico
PSC 1234 Box 5678 APO AE 09012 | PSC 1234 Box 5678 | | APO | AE | 09012
CMR 420 Box 100, APO, AE 09063 | CMR 420 Box 100 | | APO | AE | 09063
Unit 2050 Box 4190 APO AP 96278 | Unit 2050 Box 4190 | | APO | AP | 96278
URB Las Gladiolas, 123 Calle 1, San Juan, PR 00926 | URB Las Gladiolas, 123 Calle 1 | | San Juan | PR | 00926
123 Calle Sol San Juan PR 00901 | 123 Calle Sol | | San Juan | PR | 00901
1 Calle Luna Apt 3 Ponce PR 00730 | 1 Calle Luna | Apt 3 | Ponce | PR | 00730
# people and buildings before the address
c/o Jane Roe, 12 Main St, Concord, NH 03301 | 12 Main St | | Concord | NH | 03301
c/o Jane Roe 12 Main St Concord NH 03301 | 12 Main St | | Concord | NH | 03301
Attn: Accounts Payable, 500 Oak Ave, Dayton, OH 45402 | 500 Oak Ave | | Dayton | OH | 45402
John Doe, 44 Elm Dr, Salem, OR 97301 | 44 Elm Dr | | Salem | OR | 97301
Empire State Building, 350 5th Ave, New York, NY 10118 | 350 5th Ave | | New York | NY | 10118
# countries, states and ZIP codes in other forms
12 Main St, Concord, CA 94520, USA | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, CA 94520, United States | 12 Main St | | Concord | CA | 94520
12 Main St Concord CA 94520 USA | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, Calif. 94520 | 12 Main St | | Concord | CA | 94520
12 Main St, Boston, Mass. 02108 | 12 Main St | | Boston | MA | 02108
12 Main St, Erie, Penna. 16501 | 12 Main St | | Erie | PA | 16501
12 Main St, Nashville, Tenn. 37201 | 12 Main St | | Nashville | TN | 37201
12 Main St, Albany, N.Y. 12207 | 12 Main St | | Albany | NY | 12207
12 Main St, Albany, N. Y. 12207 | 12 Main St | | Albany | NY | 12207
12 Main St, Charleston, West Virginia 25301 | 12 Main St | | Charleston | WV | 25301
12 Main St Charlotte North Carolina 28202 | 12 Main St | | Charlotte | NC | 28202
12 Main St, Washington, D.C. 20001 | 12 Main St | | Washington | DC | 20001
12 Main St Washington DC 20001 | 12 Main St | | Washington | DC | 20001
12 Main St, Concord, CA 94520-1234 | 12 Main St | | Concord | CA | 94520-1234
12 Main St, Concord, CA 945201234 | 12 Main St | | Concord | CA | 94520-1234
12 Main St, Concord, CA 94520 - 1234 | 12 Main St | | Concord | CA | 94520-1234
12 Main St, Concord 94520 CA | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, CA94520 | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, CA, 94520 | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, California | 12 Main St | | Concord | CA |
12 Main St Concord CA | 12 Main St | | Concord | CA |
12 Main St Apt 4 Concord CA | 12 Main St | Apt 4 | Concord | CA |
12 Main St Concord 94520 | 12 Main St | | Concord | | 94520
12 Main St, Concord 94520 | 12 Main St | | Concord | | 94520
12 Main St, 94520 | 12 Main St | | | | 94520
12 Main St, Concord | 12 Main St | | Concord | |
350 5th Ave, New York | 350 5th Ave | | New York | |
350 5th Ave, New York, New York | 350 5th Ave | | New York | NY |
1 Capitol Mall, Sacramento, CA | 1 Capitol Mall | | Sacramento | CA |
1 Pike Pl Seattle Washington 98101 | 1 Pike Pl | | Seattle | WA | 98101
1 Pike Pl, Seattle, Washington | 1 Pike Pl | | Seattle | WA |
# case, spaces and punctuation
12 main st concord ca 94520 | 12 main st | | concord | CA | 94520
12 MAIN ST WEST PALM BEACH FL 33401 | 12 MAIN ST | | WEST PALM BEACH | FL | 33401
12  Main   St ,  Concord ,  CA   94520 | 12 Main St | | Concord | CA | 94520
12 Main St.,Concord,CA,94520 | 12 Main St. | | Concord | CA | 94520
12 Main St; Concord; CA 94520 | 12 Main St | | Concord | CA | 94520
12 Main St, Concord, CA 94520. | 12 Main St | | Concord | CA | 94520
12 Main St., Apt. 4, St. Louis, MO. 63101 | 12 Main St. | Apt. 4 | St. Louis | MO | 63101
12 Main St,, Concord,, CA 94520 | 12 Main St | | Concord | CA | 94520
# corners
Main St & 1st Ave, Dayton, OH 45402 | Main St & 1st Ave | | Dayton | OH | 45402
5th and Main St Dayton OH 45402 | 5th and Main St | | Dayton | OH | 45402
# towns inside streets
100 Boston Post Rd Milford CT 06460 | 100 Boston Post Rd | | Milford | CT | 06460
9 Old Albany Post Rd Croton on Hudson NY 10520 | 9 Old Albany Post Rd | | Croton on Hudson | NY | 10520
77 Philadelphia Pike Wilmington DE 19809 | 77 Philadelphia Pike | | Wilmington | DE | 19809
10 Denver Ave Colorado Springs CO 80903 | 10 Denver Ave | | Colorado Springs | CO | 80903
300 Las Vegas Blvd N Las Vegas NV 89101 | 300 Las Vegas Blvd N | | Las Vegas | NV | 89101
5 Kansas City Rd Olathe KS 66061 | 5 Kansas City Rd | | Olathe | KS | 66061
40 Nevada City Hwy Grass Valley CA 95945 | 40 Nevada City Hwy | | Grass Valley | CA | 95945
"""

LABELLED = [
    (line, *(part.strip() for part in parts))
    for text in _TEXT.splitlines()
    if text and not text.startswith("#")
    for line, *parts in [text.split("|")]
]
