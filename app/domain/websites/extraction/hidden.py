"""The parts of a page that readers do not see, whatever hides them: attributes, styles, style sheets, known classes.

What a control of the page reveals (a menu, a tab, a dialog) is not hidden: readers see it after a click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from app.domain.websites.extraction.wordlists import words

MAX_CSS_CHARACTERS = 200_000
"""Read of a page's own style sheets."""
MAX_STYLE_CHARACTERS = 1_000
"""Read of the style of an element."""
MAX_SELECTORS = 60
"""Selectors of hiding rules that are looked up per page."""
MAX_ANCESTORS = 12
"""Asked for the background behind a text."""

_UNREAD = ("noscript", "template", "noframes", "svg", "object", "select")
"""Elements whose contents no reader of a page with scripts sees as text."""

_GONE = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)|opacity\s{0,3}:\s{0,3}0?\.?0{1,3}(?![.\d])"
    r"|(?<![-\w])(?:left|top|right|margin-left|margin-top)\s{0,3}:\s{0,3}-\d{3,6}|clip(?:-path)?\s{0,3}:\s{0,3}"
    r"(?:rect\(\s{0,3}[01](?:px)?[\s,]{1,3}[01]|inset\(\s{0,3}(?:50|100)%)|transform\s{0,3}:\s{0,3}scale\(\s{0,3}0\s{0,3}\)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?<![-\w])(?:max-)?(?:height|width)\s{0,3}:\s{0,3}[01](?:px|em|rem|%)?\s{0,3}(?:;|!|$)", re.I)
_CLIPPED = re.compile(r"overflow\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_NO_TEXT = re.compile(r"font-size\s{0,3}:\s{0,3}0(?![.\d])|text-indent\s{0,3}:\s{0,3}-\d{3,6}", re.IGNORECASE)
_SHOWN = re.compile(
    r"display\s{0,3}:\s{0,3}(?!none)[a-z]|visibility\s{0,3}:\s{0,3}visible|opacity\s{0,3}:\s{0,3}(?:1|0?\.[1-9])"
    r"|(?<![-\w])(?:left|top)\s{0,3}:\s{0,3}(?:0|auto)|font-size\s{0,3}:\s{0,3}[1-9]",
    re.IGNORECASE,
)
# One of these is in every style that hides something, one of the second in every one whose colours may.
_SIGNS_OF_HIDING = (
    "none", "hidden", "collapse", "opacity", ":-", ": -", "clip", "scale(", "font-size:0", "font-size: 0",
    "indent", "rtl",
)  # fmt: skip
_SIGNS_OF_COLOURS = ("#f", "white", "background", "rgb")
_COLOUR = re.compile(
    r"(?<![-\w])(color|background(?:-color)?)\s{0,3}:\s{0,3}(#[0-9a-f]{3,8}|rgba?\([\d\s,.%]{5,30}\)|[a-z]{3,20})",
    re.IGNORECASE,
)
_REVERSED = re.compile(r"direction\s{0,3}:\s{0,3}rtl", re.IGNORECASE)
_OVERRIDE = re.compile(r"bidi-override", re.IGNORECASE)

# Classes with which style sheets of other files hide an element, and those that show it again on some screens.
_HIDING_CLASSES = words("hidden hide d-none is-hidden display-none no-display nodisplay u-hidden invisible")
_SCREEN_READER_CLASSES = words("""
    sr-only sr_only visually-hidden visuallyhidden screen-reader-text screen-reader-only screenreader screen-reader
    element-invisible a11y-hidden u-visually-hidden visually-hidden-focusable offscreen off-screen assistive-text
""")
_KNOWN_CLASSES = _HIDING_CLASSES | _SCREEN_READER_CLASSES
_SELECTOR_OF_CANDIDATES = ", ".join(
    (*_UNREAD, "style", "[style]", "[hidden]", '[aria-hidden="true"]', "font[color]")
    + tuple(f'[class*="{part}"]' for part in ("hid", "-none", "screen", "sr-only", "sr_only", "invisible", "display"))
)
_RESPONSIVE = re.compile(r"(?:^|[:\s-])(?:xs|sm|md|lg|xl|2xl|xxl|tablet|desktop|mobile|print)(?:$|[:\s-])")
# Classes and ids of parts that a click, or scrolling, reveals.
_REVEALED = re.compile(
    r"menu|nav|modal|dialog|dropdown|collaps|accordion|(?<![a-z])tab|pane|popup|popover|lightbox|canvas|drawer|mfp"
    r"|fancybox|toggle|tooltip|slide|carousel|wow|aos|animat|fade|reveal|overlay|invisible|expand|sticky|preload|lazy",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}]{1,600})\{([^{}]{0,3000})\}")
_CSS_COMMENT = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?")
_AT_BLOCK = re.compile(
    r"@(?:media|supports|container|layer|keyframes|-webkit-keyframes)([^{}]{0,300})\{((?:[^{}]{0,600}\{[^{}]{0,3000}\}){0,400}[^{}]{0,600})\}"
)
_EVERY_SCREEN = re.compile(r"\s{0,9}(?:only\s{1,9})?(?:screen|all)\s{0,9}", re.IGNORECASE)
_SELECTOR = re.compile(r"[\w\s.#>+~\[\]=\"'*^$|-]{1,200}")
_NAMES = re.compile(r"[.#]([\w-]{1,80})")


@dataclass(frozen=True, slots=True)
class Hidden:
    """The ids (`mem_id`) of nodes that readers do not see."""

    elements: set[int] = field(default_factory=set)
    """Not displayed at all: their links cannot be followed either."""
    texts: set[int] = field(default_factory=set)
    """Nodes whose text is not seen; includes `elements`."""
    reversed_nodes: list[LexborNode] = field(default_factory=list)
    """Elements whose text is displayed from right to left."""


def find_hidden(tree: LexborHTMLParser) -> Hidden:
    """Return what readers of the page do not see."""
    found = Hidden()
    targets: set[str] | None = None
    for node, is_gone in _candidates(tree, found):
        if node.tag in ("html", "body", "head", "script", "style", None) or node.mem_id in found.elements:
            continue
        attributes = node.attributes
        name = attributes.get("id") or ""
        if _REVEALED.search(f"{attributes.get('class') or ''} {name}"[:400]):
            continue
        if name:
            targets = _control_targets(tree) if targets is None else targets
            if name in targets:
                continue
        _add(node, found.texts)
        if is_gone:
            _add(node, found.elements)
    return found


def _add(root: LexborNode, ids: set[int]) -> None:
    """Add a node and all within it; each node of the page is added once."""
    if root.mem_id not in ids:
        ids.update(node.mem_id for node in root.traverse(include_text=True))


def _candidates(tree: LexborHTMLParser, found: Hidden) -> Iterator[tuple[LexborNode, bool]]:
    """Yield (node, whether the element is gone, not only its text)."""
    style_sheets: list[str] = []
    for node in tree.css(_SELECTOR_OF_CANDIDATES):  # one pass over the page for all
        tag, attributes = node.tag, node.attributes
        if tag in _UNREAD:
            _add(node, found.texts)
            if tag in ("noscript", "template"):
                _add(node, found.elements)
            continue
        if tag == "style":
            style_sheets.append(node.text())
            continue
        if attributes.get("aria-hidden") == "true" or "hidden" in attributes:
            yield node, "hidden" in attributes and attributes["hidden"] != "until-found"
        if (style := attributes.get("style")) and _style_may_hide(style[:MAX_STYLE_CHARACTERS]):
            if (hides := _hides_by_style(node, style[:MAX_STYLE_CHARACTERS])) is not None:
                yield node, hides
            if _REVERSED.search(style[:MAX_STYLE_CHARACTERS]):
                found.reversed_nodes.append(node)
        if tag == "font" and _is_unreadable(node, f"color:{attributes.get('color') or ''}"):
            yield node, False
        if (hides := _hides_by_class((attributes.get("class") or "")[:400])) is not None:
            yield node, hides
    css = " ".join(style_sheets[:20])[:MAX_CSS_CHARACTERS]
    if _may_hide(css):
        yield from _by_style_sheet(tree, css, found)


def _hides_by_style(node: LexborNode, style: str) -> bool | None:
    """Return what the style of a node hides, as `_hides`."""
    hides = _hides(style)
    if hides is None:
        return False if _is_unreadable(node, style) else None
    return hides if hides or _NO_TEXT.search(style) is None or _has_own_text_only(node) else None


def _hides_by_class(classes: str) -> bool | None:
    """Return what known classes hide, as `_hides`."""
    tokens = classes.lower().split()
    if not _KNOWN_CLASSES.isdisjoint(tokens):
        if not _HIDING_CLASSES.isdisjoint(tokens) and not any(map(_RESPONSIVE.search, tokens)):
            return True
        return None if _SCREEN_READER_CLASSES.isdisjoint(tokens) else False
    return None


@lru_cache(maxsize=2048)  # pages repeat their styles
def _style_may_hide(style: str) -> bool:
    return _may_hide(style)


def _may_hide(css: str) -> bool:
    """Return whether styles need a closer look, which takes ten times as long."""
    css = css.lower()
    return any(sign in css for sign in _SIGNS_OF_HIDING) or (
        "color" in css and any(sign in css for sign in _SIGNS_OF_COLOURS)
    )


def _hides(declarations: str) -> bool | None:
    """Return whether declarations hide the element (True), only its text (False), or nothing (None)."""
    if declarations.lower().count("display") > 1:
        declarations = _with_last_display(declarations)
    if _GONE.search(declarations) or (_CLIPPED.search(declarations) and _NO_SIZE.search(declarations)):
        return True
    if _NO_TEXT.search(declarations):
        return False
    colours = {name.lower()[:10]: _rgb(value) for name, value in _COLOUR.findall(declarations)}
    front, back = colours.get("color"), colours.get("background")
    return False if front is not None and front == back else None


def _with_last_display(declarations: str) -> str:
    """Return declarations with only the last `display`, which counts, unless an earlier one is `!important`."""
    parts = declarations.split(";")
    displays = [part for part in parts if part.strip().lower().startswith("display")]
    important = [part for part in displays if "!important" in part.replace(" ", "").lower()]
    last = (important or displays)[-1:]
    return ";".join([*(part for part in parts if part not in displays), *last])


def _has_own_text_only(node: LexborNode) -> bool:
    """Return whether no element within could set the size of its text again."""
    return all(styled.mem_id == node.mem_id for styled in node.css("[style], [class]"))


def _by_style_sheet(tree: LexborHTMLParser, css: str, found: Hidden) -> Iterator[tuple[LexborNode, bool]]:
    """Yield the nodes that the page's own style sheets hide, unless another rule shows them again."""
    css = _CSS_COMMENT.sub(" ", css) if "/*" in css else css
    queried = _AT_BLOCK.findall(css) if "@" in css else []
    blocks = [block for query, block in queried if not _EVERY_SCREEN.fullmatch(query)]
    rules = _RULE.findall(_AT_BLOCK.sub(" ", css) if queried else css)
    rules += [rule for query, block in queried if _EVERY_SCREEN.fullmatch(query) for rule in _RULE.findall(block)]
    hiding = list(_hiding_rules(rules))
    if not hiding:
        return
    shown: set[str] = set()
    for selectors, declarations in (*rules, *(rule for block in blocks for rule in _RULE.findall(block))):
        if _SHOWN.search(declarations) and _hides(declarations) is None:
            shown.update(_subject_names(selectors))
    for selector, hides in hiding[:MAX_SELECTORS]:
        if not _SELECTOR.fullmatch(selector) or shown.intersection(_subject_names(selector)):
            continue
        try:
            nodes = tree.css(selector)
        except (SelectolaxError, ValueError):
            continue
        if hides is None:
            found.reversed_nodes.extend(nodes[:50])
        else:
            yield from ((node, hides) for node in nodes)


def _hiding_rules(rules: list[tuple[str, str]]) -> Iterator[tuple[str, bool | None]]:
    """Yield (selector, what it hides, as `_hides`); None for a rule that reverses the text."""
    for selectors, declarations in rules:
        if not _may_hide(declarations):
            continue
        hides = _hides(declarations)
        if hides is not None or (_REVERSED.search(declarations) and _OVERRIDE.search(declarations)):
            yield from ((selector.strip(), hides) for selector in selectors.split(",")[:20])


def _subject_names(selectors: str) -> Iterator[str]:
    """Yield the classes and ids of the elements that the selectors select, not those of their ancestors."""
    for selector in selectors.split(",")[:20]:
        parts = selector.split()
        if parts:
            yield from _NAMES.findall(parts[-1])


def _control_targets(tree: LexborHTMLParser) -> set[str]:
    """Return the ids of elements that a control of the page shows and hides."""
    found = set()
    for node in tree.css('[href^="#"], [data-target], [data-bs-target], [aria-controls], [data-toggle], label[for]')[
        :500
    ]:
        attributes = node.attributes
        for name in ("href", "data-target", "data-bs-target", "aria-controls", "data-toggle", "for"):
            found.update((attributes.get(name) or "")[:200].replace("#", " ").split())
    return found


_NAMED = {
    "white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "yellow": (255, 255, 0), "blue": (0, 0, 255),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "green": (0, 128, 0),
}  # fmt: skip
_WHITE = (255, 255, 255)
_Rgb = tuple[int, ...]


def _rgb(text: str) -> _Rgb | None:
    """Return the red, green and blue of a colour, None if it is unknown or transparent."""
    text = text.strip().lower()
    if text.startswith("#"):
        digits = text[1:]
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4)) if len(digits) in (6, 8) else None
    if text.startswith("rgb"):
        numbers = re.findall(r"\d{1,3}", text)[:3]
        return tuple(map(int, numbers)) if len(numbers) == 3 else None
    return _NAMED.get(text)


def _is_unreadable(node: LexborNode, style: str) -> bool:
    """Return whether a text has the colour of what is behind it, as far as the page itself says."""
    front = next((_rgb(value) for name, value in _COLOUR.findall(style) if name.lower() == "color"), None)
    return front is not None and front == _background_behind(node, is_white=front == _WHITE)


def _background_behind(node: LexborNode, *, is_white: bool) -> _Rgb | None:
    """Return the nearest declared background; None if a style sheet or an image may be behind the node."""
    ancestor: LexborNode | None = node
    for _ in range(MAX_ANCESTORS):
        if ancestor is None or ancestor.tag == "html":
            break
        attributes = ancestor.attributes
        style = attributes.get("style") or ""
        if "url(" in style or attributes.get("background"):
            return None
        for name, value in _COLOUR.findall(style[:1_000]):
            if name.lower().startswith("background"):
                return _rgb(value)
        if colour := attributes.get("bgcolor"):
            return _rgb(colour)
        if ancestor.tag != "body" and (attributes.get("class") or attributes.get("id")):
            return None
        ancestor = ancestor.parent
    root = node.parser.root if node.parser is not None else None
    if not is_white or root is None or root.css_first('link[rel="stylesheet"], style') is not None:
        return None
    return _WHITE
