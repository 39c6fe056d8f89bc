"""A report as Markdown, and as an HTML page that prints well."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.web.companies.report_json import (
    NOT_FOUND,
    ClaimModel,
    ReportModel,
    SectionModel,
    SourceModel,
    as_date,
    as_sentence,
)

SHOWN_HASH_CHARACTERS = 16


def title(report: ReportModel) -> str:
    """Return the title of a report."""
    return f"{report.company.name}: company report"


def summary(report: ReportModel) -> list[tuple[str, str]]:
    """Return the names and values shown above the sections."""
    return [
        ("Status", report.status),
        ("Written by", "quotations only, without a model" if report.model == EXTRACTIVE_MODEL else report.model),
        ("Confidence", f"{report.confidence_score:.2f} of 1, computed from the sources"),
        ("Claims dropped", f"{report.dropped_claims}: not supported by their quotations"),
        ("Sources", str(len(report.sources))),
        *[("Not read", problem) for problem in report.problems],
        ("Date", _day(report.completed_at or report.created_at)),
    ]


def to_markdown(report: ReportModel) -> str:
    """Return a report as Markdown, with its sources as footnotes."""
    lines = [f"# {_escape_markdown(title(report))}", ""]
    lines += [f"- {name}: {_escape_markdown(value)}" for name, value in summary(report)]
    for section in report.sections:
        lines += ["", f"## {section.title}", ""]
        if not section.claims:
            lines.append(_status(section))
        for claim in section.claims:
            marks = "".join(f"[^{source_id}]" for source_id in claim.sources)
            lines += [f"- {_escape_markdown(as_sentence(claim.text))}{as_date(claim.written_on)}{marks}"]
            if claim.quote != claim.text:
                lines += [f"  > {_escape_markdown(claim.quote)}"]
        if section.note:
            lines += ["", f"*{_escape_markdown(section.note)}*"]
    lines += ["", "## Sources", ""]
    for source in report.sources:
        lines.append(
            f"[^{source.id}]: {_escape_markdown(source.title or source.url)} <{_safe_url(source.url)}>,"
            f" fetched {_day(source.fetched_at)}, sha256 {source.sha256[:SHOWN_HASH_CHARACTERS]}"
        )
    return "\n".join(lines) + "\n"


def to_html(report: ReportModel) -> str:
    """Return a report as a complete HTML page without scripts."""
    head = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in summary(report))
    sections = "".join(_section(section) for section in report.sections)
    sources = "".join(_source(source) for source in report.sources)
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


def _section(section: SectionModel) -> str:
    claims = "".join(_claim(claim) for claim in section.claims)
    body = f"<ul>{claims}</ul>" if claims else f'<p class="none">{escape(_status(section))}</p>'
    note = f'<p class="note">{escape(section.note)}</p>' if section.note else ""
    return f'<section id="{escape(section.key)}"><h2>{escape(section.title)}</h2>{body}{note}</section>'


def _claim(claim: ClaimModel) -> str:
    marks = "".join(
        f'<sup><a href="#{escape(source_id)}">[{escape(source_id.removeprefix("S"))}]</a></sup>'
        for source_id in claim.sources
    )
    quote = "" if claim.quote == claim.text else f"<blockquote>{escape(claim.quote)}</blockquote>"
    return f"<li>{escape(as_sentence(claim.text))}{escape(as_date(claim.written_on))}{marks}{quote}</li>"


def _source(source: SourceModel) -> str:
    url = _safe_url(source.url)
    name = escape(source.title or source.url)
    link = f'<a href="{escape(url)}" rel="nofollow noopener">{name}</a>' if url else name
    sha256 = source.sha256[:SHOWN_HASH_CHARACTERS]
    meta = f"{source.url} · {source.kind} · fetched {_day(source.fetched_at)} · sha256 {sha256}"
    return f'<li id="{escape(source.id)}">{link}<div class="meta">{escape(meta)}</div></li>'


def _status(section: SectionModel) -> str:
    return "Not written yet." if section.status == "pending" else NOT_FOUND


def _safe_url(url: str) -> str:
    """Return an HTTP URL that is safe in a link; empty for anything else."""
    return url if re.match(r"https?://[^\s<>\"]+$", url) else ""


def _escape_markdown(text: str) -> str:
    """Escape what has a meaning in Markdown, and put the text on one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _day(moment: datetime) -> str:
    return str(moment)[:10]
