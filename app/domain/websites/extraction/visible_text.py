"""The text of a page as readers see it, with marks where elements end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

BREAK = "\x1f"
"""Separates two pieces of text of one line between which there is a tag."""
BLOCK = "\x1e"
"""Separates two blocks of text: paragraphs, cells, lines."""
MAX_INLINE_DEPTH = 20
"""Nested inline elements that are followed up to their block: a hostile page nests without end."""

_INLINE = frozenset(
    ("abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark")
    + (
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "a",
        "del",
        "img",
        "strike",
    )
)
_RAW = frozenset({"script", "style", "iframe", "noembed", "textarea", "title", "head"})
"""Elements whose text is not displayed."""
_SILENT = frozenset({"wbr", "-comment", *_RAW})
"""Nodes that do not separate the texts around them."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")

_UNUSUAL = re.compile("[\u2010-\u2012\u2212\ufe63\uff01-\uff5e]")
# Hyphens, and the fullwidth forms of ASCII characters, as ASCII.
_ASCII = {0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2212: "-", 0xFE63: "-"} | {
    code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)
}


def to_ascii_forms(text: str) -> str:
    """Replace fullwidth characters and unusual hyphens, which stand in addresses and numbers, by ASCII."""
    return text.translate(_ASCII) if _UNUSUAL.search(text) else text


def read_text(tree: LexborHTMLParser, hidden: set[int]) -> str:
    """Return the text of the body without the nodes in `hidden` (`mem_id`)."""
    body = tree.body or tree.root
    if body is None:
        return ""
    pieces: list[str] = []
    blocks: dict[int, int] = {}  # the block of each parent of text, 0 for one whose text is not displayed
    last_parent = last_block = 0
    for text, node, is_spaced, is_apart, is_new_block in _texts(body, hidden):
        parent = node.parent
        inside = parent.mem_id if parent is not None else 0
        block = blocks.get(inside)
        if block is None:
            block = blocks[inside] = 0 if parent is None or parent.tag in _RAW else _block(parent)
        if block == 0:
            continue
        if is_new_block or block != last_block:
            pieces.append(BLOCK)
        else:
            separator = BREAK if is_apart or inside != last_parent else ""
            pieces.append(" " + separator if is_spaced else separator)
        pieces.append(text)
        last_parent, last_block = inside, block
    text = "".join(pieces[1:])  # the first would separate it from a text before
    return to_ascii_forms(_INVISIBLE.sub("", text) if _INVISIBLE.search(text) else text)


def _texts(body: LexborNode, hidden: set[int]) -> Iterator[tuple[str, LexborNode, bool, bool, bool]]:
    """Yield (text with single spaces, its node, and whether before it there is a space, an element, a block)."""
    is_spaced = is_apart = is_new_block = False
    for node in body.traverse(include_text=True):
        tag = node.tag
        if tag in _SILENT or (hidden and node.mem_id in hidden):
            continue
        if tag != "-text":
            is_apart = True
            is_new_block = is_new_block or tag not in _INLINE
            continue
        text = node.text_content or ""
        words = text.split()
        if words:
            yield " ".join(words), node, is_spaced or text[0].isspace(), is_apart, is_new_block
            is_apart = is_new_block = False
        is_spaced = not words or text[-1].isspace()


def _block(node: LexborNode) -> int:
    """Return the id of the block that contains the text of a node."""
    for _ in range(MAX_INLINE_DEPTH):
        parent = node.parent
        if node.tag not in _INLINE or parent is None:
            break
        node = parent
    return node.mem_id
