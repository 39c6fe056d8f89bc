"""Hostile URLs and servers with their expected outcomes, for the tests of the fetcher and of the website jobs."""

from __future__ import annotations

from app.domain.vocabulary.websites import WebsiteStatus
from tests.servers.hostile import ACTS, FIXED, ROBOTS

PRIVATE, SERVER, OK = WebsiteStatus.PRIVATE_ADDRESS, WebsiteStatus.SERVER_ERROR, WebsiteStatus.OK
BLOCKED, GONE, NOT_HTML = WebsiteStatus.BLOCKED, WebsiteStatus.GONE, WebsiteStatus.NOT_HTML
TIMEOUT, ROBOTS_DENIED = WebsiteStatus.TIMEOUT, WebsiteStatus.ROBOTS_DENIED

# The outcome of fetching a path of the hostile server, if that is not OK.
ENDS = {
    "/no-location": SERVER, "/not-modified": SERVER, "/to-itself": SERVER, "/ping": SERVER, "/pong": SERVER,
    "/teapot": BLOCKED, "/forbidden": BLOCKED, "/too-many": BLOCKED,
    "/retry-later": BLOCKED, "/challenge": BLOCKED, "/broken": SERVER, "/gone": GONE,
    "/missing": GONE, "/pdf": NOT_HTML, "/video": NOT_HTML, "/no-type": NOT_HTML,
    "/garbage": SERVER, "/bad-status": SERVER, "/bad-length": SERVER, "/two-lengths": SERVER, "/bad-chunk": SERVER,
    "/huge-chunk": SERVER, "/long-header": SERVER, "/not-gzip": SERVER,
    "/drip": TIMEOUT, "/slow-headers": TIMEOUT, "/continue-flood": SERVER,
    "/silent": TIMEOUT, "/header-flood": SERVER, "/hang-up": SERVER, "/reset": SERVER, "/chain": SERVER,
    "/to-inner": PRIVATE, "/long-location": PRIVATE, "/escaped-location": PRIVATE, "/http-0.9": SERVER,
    "/retry-for-ever": BLOCKED, "/retry-past": BLOCKED, "/retry-odd": SERVER,
    "/odd-type": NOT_HTML, "/brotli": SERVER,
    "/chunk-extension": TIMEOUT, "/trailers": SERVER, "/early-hints": SERVER,
} | {path: PRIVATE for path in FIXED if path.startswith(("/metadata", "/to-")) and path != "/to-itself"}  # fmt: skip

PATHS = [*FIXED, *(path for path in ACTS if path.count("/") == 1)]

# URLs that must not be fetched: IP addresses in every notation, and names. PORT is that of a private server.
REFUSED = [
    "http://127.0.0.2:PORT/", "http://127.2:PORT/", "http://0x7f000002:PORT/", "http://2130706434:PORT/",
    "http://017700000002:PORT/", "http://0177.0.0.2:PORT/", "http://0x7f.0.0.0x2:PORT/", "http://127.0.2:PORT/",
    "http://１２７.0.0.2:PORT/", "http://①②⑦.0.0.2:PORT/", "http://127。0。0。2:PORT/", "http://127.0.0.2.:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/", "http://[::ffff:7f00:2]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.2]:PORT/",
    "http://[::127.0.0.2]:PORT/", "http://[64:ff9b::127.0.0.2]:PORT/", "http://[64:ff9b:1::7f00:2]:PORT/",
    "http://[2002:7f00:2::]:PORT/", "http://[::1]:PORT/", "http://[::]:PORT/", "http://0.0.0.0:PORT/", "http://0:PORT/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://169.254.169.254/",
    "http://169.254.169.254.:80/", "http://2852039166/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
    "http://[fe80::1%25lo]/", "http://[fec0::1]/", "http://224.0.0.1/", "http://[ff02::1]/", "http://255.255.255.255/",
    "http://240.0.0.1/", "http://198.18.0.1/", "http://192.0.2.1/", "http://[2001:db8::1]/", "http://192.88.99.1/",
    "http://8.8.8.8:22/", "http://8.8.8.8:6379/", "http://[2606:4700::1]:25/", "http://user@127.0.0.1/",
    "http://:secret@127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO",
    "javascript:alert(1)", "data:text/html,hello", "http://", "http://[::1", "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/", "http://a..b/", "http://1.2.3.4.5/", "http://256.256.256.256/", "http://%31%32%37.0.0.2/",
    "http://name.inner:PORT/", "http://name.mixed:PORT/", "http://name.mapped:PORT/", "http://name.nat64:PORT/",
    "http://name.metadata/", "http://name.port:22/",
]  # fmt: skip

# Paths whose response never ends.
ENDLESS = [path for path, end in ENDS.items() if end is TIMEOUT]

# Responses for robots.txt, and the outcome of fetching an ordinary page of such a site.
ROBOTS_ENDS = dict.fromkeys(ROBOTS, OK) | {"robots-denies": ROBOTS_DENIED} | {
    "/hang-up": SERVER, "/garbage": SERVER, "/bad-chunk": SERVER, "/not-gzip": SERVER, "/broken": SERVER,
    "/endless": OK, "/long-header": SERVER, "/metadata": OK, "/pdf": OK, "/forbidden": OK, "/header-flood": SERVER,
}  # fmt: skip
