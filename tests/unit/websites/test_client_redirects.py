"""Redirects by the page itself: meta refresh, and scripts on pages that show nothing else."""

# ruff: noqa: E501 - a page is a line
from __future__ import annotations

import pytest

from app.domain.websites.extraction.client_redirects import find_redirect, without_noscript
from app.domain.websites.extraction.document import Document

HERE = "http://shop.com/"
TEXT = (
    "<p>We sell tea from Darjeeling and Assam, in bags and loose, and deliver it to your door within two days.</p>" * 4
)
REFRESH = '<meta http-equiv="refresh" content="0; url=/start">'


@pytest.mark.parametrize(
    ("html", "target"),
    [
        (REFRESH + TEXT, "http://shop.com/start"),
        ("<META HTTP-EQUIV=Refresh CONTENT='5;URL=http://other.com/a'>", "http://other.com/a"),
        ('<meta http-equiv="refresh" content="0;/start">', "http://shop.com/start"),
        ("<meta content='0; url=\"/start\"' http-equiv='REFRESH'>", "http://shop.com/start"),
        ('<base href="http://shop.com/a/"><meta http-equiv="refresh" content="1.5; url=b">', "http://shop.com/a/b"),
        ('<meta http-equiv="refresh" content="60; url=/later">', None),
        ('<meta http-equiv="refresh" content="5">', None),
        ('<meta http-equiv="refresh" content="0; url=/">', None),
        ('<meta http-equiv="refresh" content="0; url=javascript:alert(1)">', None),
        ('<meta http-equiv="refresh" content="0; url=http://[::1">', None),
        (f"<head><noscript>{REFRESH}</noscript></head>{TEXT}", None),
        (f"<head><noscript><img src=pixel.gif>{REFRESH}</noscript></head>{TEXT}", None),
        (f"<body><NOSCRIPT><p>No scripts?{REFRESH}</p></NoScript >{TEXT}", None),
        (f"<noscript>{REFRESH}{TEXT}", None),
        (f"<noscript>no scripts</noscript>{REFRESH}{TEXT}", "http://shop.com/start"),
        (f"<!-- <noscript> -->{REFRESH}<!-- </noscript> -->{TEXT}", "http://shop.com/start"),
        (f"<script>var a = '<noscript>'</script>{REFRESH}{TEXT}", "http://shop.com/start"),
        (f"<!--[if lt IE 9]>{REFRESH}<![endif]-->{TEXT}", None),
        (f"<template>{REFRESH}</template>{TEXT}", None),
    ],
)
def test_meta_refresh(html: str, target: str | None) -> None:
    assert find_redirect(Document(html, HERE)) == target


@pytest.mark.parametrize(
    "script",
    [
        'location.href = "/start"',
        "window.location.href='/start';",
        'window.location = "/start"',
        "document.location.href = '/start'",
        "top.location=`/start`",
        'location.replace("/start")',
        "window.location.assign( '/start' );",
        'self.location.replace("http:\\/\\/shop.com\\/start")',
        'location.href = "\\x2fstart"',
        'location.href = "\\u002Fstart"',
        'window.onload=function(){window.location.href="/start"}',
        "setTimeout(\"location.href='/start'\", 3000)",
        "setTimeout(function () { window.location.replace('/start'); }, 0);",
        "$(location).attr('href', '/start');",
        "window.open('/start', '_self');",
        "// location.href = '/never'\nlocation.href = '/start'",
        "/* location.href = '/never' */ location.href = '/start'",
        "if (/Mobi/.test(navigator.userAgent)) { location.href = '/m' } else { location.href = '/start' }",
    ],
)
def test_a_script_on_an_empty_page(script: str) -> None:
    for html in (
        f"<html><head><script>{script}</script></head><body></body></html>",
        f"<title>Shop</title><script>{script}</script><p>You are being redirected.</p>",
    ):
        assert find_redirect(Document(html, HERE)) == "http://shop.com/start"


@pytest.mark.parametrize(
    "html",
    [
        f"<script>location.href = '/start'</script>{TEXT}",
        "<script>location.href = '/start?from=' + document.referrer</script>",
        "<script>location.href = `/start/${language}`</script>",
        "<script>if (location.href == '/start') go()</script>",
        "<script>var mylocation = '/start'</script>",
        "<script>if (screen.width < 700) location.href = '/m'</script>",
        "<script>if (top !== self) top.location.href = '/frameless'</script>",
        '<div id="root"></div><script src="/app.js"></script><script>function out() { location.href = "/login" }</script>',
        f"<script>location.href = '/start'; {'var a = 1; ' * 1000}</script>",
        "<script type='application/json'>{\"a\": \"location.href='/start'\"}</script>",
        "<script>location.href = '#top'</script>",
        "<script>location.reload()</script>",
        "<button onclick=\"location.href='/start'\">Start</button>",
    ],
)
def test_scripts_that_do_not_leave_the_page(html: str) -> None:
    assert find_redirect(Document(html, HERE)) is None


def test_onload_of_the_body() -> None:
    page = Document("<body onload=\"window.location.href='http://other.com/?a=1&amp;b=2'\"></body>", HERE)
    assert find_redirect(page) == "http://other.com/?a=1&b=2"


def test_many_unclosed_elements_take_linear_time() -> None:
    html = "<noscript>" * 50_000 + "<!--" * 50_000 + "<script>" * 50_000
    assert without_noscript(html) == ""
    assert find_redirect(Document(html + REFRESH, HERE)) is None
