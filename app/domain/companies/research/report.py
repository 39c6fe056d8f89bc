"""A finished report as JSON has it, and how people read it: Markdown and a page that prints well."""

from __future__ import annotations

import re
from html import escape
from typing import Any, TypedDict


class ClaimJson(TypedDict):
    text: str
    quote: str
    sources: list[str]


class SectionJson(TypedDict):
    key: str
    title: str
    status: str
    """`complete`, `not_found`, or `pending` while it is not written yet."""
    text: str
    claims: list[ClaimJson]
    dropped: dict[str, int]
    model: str | None
    note: str | None
    confidence: dict[str, float]


class SourceJson(TypedDict):
    id: str
    url: str
    title: str
    kind: str
    fetched_at: Any
    published_on: Any
    sha256: str
    cited: bool


class ReportJson(TypedDict):
    id: str
    company: dict[str, Any]
    status: str
    model: str
    sections: list[SectionJson]
    sources: list[SourceJson]
    confidence_score: float
    confidence: dict[str, Any]
    dropped_claims: int
    usage: dict[str, Any]
    created_at: Any
    completed_at: Any


NOT_FOUND = "Not found in the sources."


def text_of(claims: list[ClaimJson]) -> str:
    """A section as it is read: its claims, each with the ids of its sources."""
    if not claims:
        return NOT_FOUND
    return " ".join(f"{_ended(one['text'])} [{', '.join(one['sources'])}]" for one in claims)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def title(report: ReportJson) -> str:
    return f"{report['company']['name']}: company report"


def summary(report: ReportJson) -> list[tuple[str, str]]:
    """What stands above the sections."""
    return [
        ("Written by", "quotation alone, without a model" if report["model"] == "extractive" else report["model"]),
        ("Confidence", f"{report['confidence_score']:.2f} of 1, computed from the sources"),
        ("Claims dropped", f"{report['dropped_claims']}, which their quotations did not bear out"),
        ("Sources", str(len(report["sources"]))),
        ("Date", _day(report["completed_at"] or report["created_at"])),
    ]


def to_markdown(report: ReportJson) -> str:
    lines = [f"# {_plain(title(report))}", ""]
    lines += [f"- {name}: {_plain(value)}" for name, value in summary(report)]
    for section in report["sections"]:
        lines += ["", f"## {section['title']}", ""]
        if not section["claims"]:
            lines.append(_status(section))
        for claim in section["claims"]:
            marks = "".join(f"[^{one}]" for one in claim["sources"])
            lines += [f"- {_plain(_ended(claim['text']))}{marks}"]
            if claim["quote"] != claim["text"]:
                lines += [f"  > {_plain(claim['quote'])}"]
        if section["note"]:
            lines += ["", f"*{_plain(section['note'])}*"]
    lines += ["", "## Sources", ""]
    for source in report["sources"]:
        lines.append(
            f"[^{source['id']}]: {_plain(source['title'] or source['url'])} <{_address(source['url'])}>,"
            f" fetched {_day(source['fetched_at'])}, sha256 {source['sha256'][:16]}"
        )
    return "\n".join(lines) + "\n"


def to_html(report: ReportJson) -> str:
    head = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in summary(report))
    sections = "".join(_section(section) for section in report["sections"])
    sources = "".join(_source(source) for source in report["sources"])
    name = escape(title(report))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{name}</h1><dl>{head}</dl>{sections}<h2>Sources</h2><ol>{sources}</ol></main></body></html>\n"
    )


STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;margin:0}
main{max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #8884;padding-bottom:.25rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;font-size:.9rem}
dt{opacity:.7}
dd{margin:0}
li{margin:.5rem 0}
blockquote{margin:.25rem 0 0;padding-left:.75rem;border-left:2px solid #8886;font-size:.875rem;opacity:.8}
sup a{text-decoration:none}
.note,.none{opacity:.7;font-style:italic}
.meta{font-size:.8rem;opacity:.7;overflow-wrap:anywhere}
@media print{main{max-width:none;margin:0}h2{break-after:avoid}li{break-inside:avoid}a{color:inherit}}
"""


def _section(section: SectionJson) -> str:
    claims = "".join(_claim(claim) for claim in section["claims"])
    body = f"<ul>{claims}</ul>" if claims else f'<p class="none">{escape(_status(section))}</p>'
    note = f'<p class="note">{escape(section["note"])}</p>' if section["note"] else ""
    return f'<section id="{escape(section["key"])}"><h2>{escape(section["title"])}</h2>{body}{note}</section>'


def _claim(claim: ClaimJson) -> str:
    marks = "".join(
        f'<sup><a href="#{escape(one)}">[{escape(one.removeprefix("S"))}]</a></sup>' for one in claim["sources"]
    )
    quote = "" if claim["quote"] == claim["text"] else f"<blockquote>{escape(claim['quote'])}</blockquote>"
    return f"<li>{escape(_ended(claim['text']))}{marks}{quote}</li>"


def _source(source: SourceJson) -> str:
    address = _address(source["url"])
    name = escape(source["title"] or source["url"])
    link = f'<a href="{escape(address)}" rel="nofollow noopener">{name}</a>' if address else name
    meta = f"{source['url']} · {source['kind']} · fetched {_day(source['fetched_at'])} · sha256 {source['sha256'][:16]}"
    return f'<li id="{escape(source["id"])}">{link}<div class="meta">{escape(meta)}</div></li>'


def _status(section: SectionJson) -> str:
    return "Not written yet." if section["status"] == "pending" else NOT_FOUND


def _address(url: str) -> str:
    """What may stand in a link: an HTTP address, nothing else."""
    return url if re.match(r"https?://[^\s<>\"]+$", url) else ""


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _day(moment: Any) -> str:
    return str(moment)[:10]
