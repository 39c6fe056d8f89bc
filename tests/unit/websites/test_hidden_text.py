"""What readers cannot see is no source of contacts; what a click reveals is."""

from __future__ import annotations

import pytest

from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.emails import find_emails
from app.domain.websites.extraction.phones import find_phones

TRAP = "trap@decoy-shop.com"
HIDDEN = {
    "inline display": f'<p style="display:none">{TRAP}</p>',
    "inline display, in capitals": f'<p style="DISPLAY : NONE !important">{TRAP}</p>',
    "a parent": f'<div style="display: none"><p><b>{TRAP}</b></p></div>',
    "visibility": f'<p style="visibility:hidden">{TRAP}</p>',
    "attribute": f"<p hidden>{TRAP}</p>",
    "screen readers are told not to read": f'<span aria-hidden="true">{TRAP}</span>',
    "class in a style sheet": f"<style>.ghost{{display:none}}</style><p class=ghost>{TRAP}</p>",
    "id in a style sheet": f"<style>p, #x9 {{ color: red; display : none; }}</style><div id=x9>{TRAP}</div>",
    "descendant in a style sheet": f"<style>.a .b{{visibility:hidden}}</style><div class=a><i class=b>{TRAP}</i></div>",
    "off the screen": f"<style>.o{{position:absolute;left:-9999px}}</style><p class=o>{TRAP}</p>",
    "no size": f'<div style="height:0;overflow:hidden">{TRAP}</div>',
    "no letters": f'<span style="font-size:0">{TRAP}</span>',
    "transparent": f'<p style="opacity:0">{TRAP}</p>',
    "clipped": f'<p style="position:absolute;clip:rect(0 0 0 0)">{TRAP}</p>',
    "white on white": f'<p style="color:#fff;background:#FFFFFF">{TRAP}</p>',
    "white on white, as numbers": f'<p style="color:rgb(255,255,255);background:rgb(255, 255, 255)">{TRAP}</p>',
    "white on white in a style sheet": f"<style>.w{{color:white;background-color:#fff}}</style><p class=w>{TRAP}</p>",
    "white letters on a white page": f'<body bgcolor="#ffffff"><p><font color="#FFFFFF">{TRAP}</font></p>',
    "white letters on a page without a colour": f'<p style="color:white">{TRAP}</p>',
    "for screen readers": f'<span class="sr-only">{TRAP}</span><span class="visually-hidden">{TRAP}</span>',
    "for screen readers of WordPress": f'<span class="screen-reader-text">{TRAP}</span>',
    "a known class": f'<p class="hidden">{TRAP}</p><p class="d-none">{TRAP}</p>',
    "noscript": f"<noscript><p>{TRAP}</p></noscript>",
    "template": f"<template><p>{TRAP}</p></template>",
    "comment": f"<!-- {TRAP} --><p>x</p>",
    "link": f'<a href="mailto:{TRAP}" style="display:none">x</a><div hidden><a href="mailto:{TRAP}">x</a></div>',
    "for all screens": f"<style>@media screen{{.h{{visibility:hidden}}}}</style><p class=h>{TRAP}</p>",
    "a display that is replaced": f'<p style="display:block;display:none">{TRAP}</p>',
    "hidden field of a form": f'<input type="hidden" name="to" value="{TRAP}">',
}  # fmt: skip
SEEN = {
    "a menu": f'<nav class="mobile-menu" style="display:none">{TRAP}</nav>',
    "a dialog that a button opens": f'<a href="#box">Write</a><div id="box" style="display:none">{TRAP}</div>',
    "a tab": f'<button data-target="#t2">2</button><div id="t2" hidden>{TRAP}</div>',
    "shown by another rule": f"<style>.c{{display:none}}.open.c{{display:block}}</style><p class=c>{TRAP}</p>",
    "hidden in print": f"<style>@media print{{.c{{display:none}}}}</style><p class=c>{TRAP}</p>",
    "hidden on telephones": f"<style>@media (max-width:600px){{.c{{display:none}}}}</style><p class=c>{TRAP}</p>",
    "hidden on some screens": f'<p class="hidden md:block">{TRAP}</p><p class="d-none d-md-block">{TRAP}</p>',
    "white on dark": f'<div style="background:#333"><p style="color:#fff">{TRAP}</p></div>',
    "white in a styled box": f'<link rel=stylesheet href=a.css><div class=d><p style="color:#fff">{TRAP}</p></div>',
    "an anti-flicker style": f"<style>body{{opacity:0;visibility:hidden}}</style><p>{TRAP}</p>",
    "faded in on scrolling": f'<p class="wow fadeIn" style="visibility:hidden">{TRAP}</p>',
    "negative margin": f'<p style="margin-top:-10px">{TRAP}</p>',
    "font-size of a list": f'<ul style="font-size:0"><li style="font-size:14px">{TRAP}</li></ul>',
    "a comment mark in a script": f"<script>var open='<!--';</script><p>{TRAP}</p><!-- footer -->",
    "a comment mark in an attribute": f'<a title="<!--">x</a><p>{TRAP}</p><!-- footer -->',
    "a comment that ends at once": f"<!--><p>{TRAP}</p><!-- x -->",
    "a decoy within": 'trap@<span style="display:none">no-spam</span>decoy-shop.com',
    "a comment within": "trap<!-- x -->@<!-- y -->decoy-shop.com",
}  # fmt: skip


@pytest.mark.parametrize("case", HIDDEN)
def test_hidden_text_is_no_source(case: str) -> None:
    assert find_emails(Document(f"<html><body>{HIDDEN[case]}</body></html>", "https://acme-shop.com/")) == []


@pytest.mark.parametrize("case", SEEN)
def test_what_readers_can_see_is_a_source(case: str) -> None:
    found = find_emails(Document(f"<html><body>{SEEN[case]}</body></html>", "https://acme-shop.com/"))
    assert [email.value for email in found] == [TRAP]


def test_hidden_numbers_are_no_source() -> None:
    page = Document('<p style="display:none">Tel. 503-222-3344</p><p hidden><a href="tel:5032223344">x</a></p>')
    assert find_phones(page, "us") == []
