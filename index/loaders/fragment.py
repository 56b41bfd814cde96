"""Pieces of HTML inside something else: a feed's entries, raw HTML in Markdown."""

import re

_BLOCK, _LINE = "\ue000", "\ue001"  # private use: no text has them, once they are removed
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ue000\ue001]")
_BLOCKS = (
    "p",
    "div",
    "blockquote",
    "ul",
    "ol",
    "table",
    "pre",
    "figure",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
)
_NOT_PROSE = "//script | //style | //template | //noscript | //iframe | //svg | //figcaption | //comment()"


def fragment_text(html: str) -> str:
    """The text of `html`: blocks divided by a blank line, list items and table rows as lines, no tags."""
    from lxml import etree
    from lxml import html as parser

    try:
        root = parser.fragment_fromstring(_UNUSABLE.sub("", html), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return ""
    for element in root.xpath(_NOT_PROSE):
        element.drop_tree()
    # Line ends in the source are spaces; those put in for structure are marks until all are counted.
    for element in root.iter(*_BLOCKS):
        element.text = _BLOCK + (element.text or "")
        element.tail = _BLOCK + (element.tail or "")
    for element in root.iter("li"):
        element.text = _LINE + "- " + (element.text or "").lstrip()
    for element in root.iter("td", "th"):
        if element.getnext() is not None:
            element.tail = " | " + (element.tail or "").strip()
    for element in root.iter("br", "tr"):
        element.tail = _LINE + (element.tail or "")
    blocks = str(root.text_content()).split(_BLOCK)
    lines = ("\n".join(filter(None, (" ".join(line.split()) for line in block.split(_LINE)))) for block in blocks)
    return "\n\n".join(filter(None, lines))
